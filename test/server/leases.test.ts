import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newAdaptation } from '../contract/adaptationStore.ts';
import { LEASE_SECONDS, MOST_ATTEMPTS } from '../../server/src/domain/adaptationState.ts';
import { readAdaptation } from '../../server/src/application/learning/adaptationJobs.ts';
import type { Learning } from '../../server/src/application/learning/learning.ts';
import {
  claimAdaptation,
  keepCheckpoint,
  readCheckpoint,
  reportTraining,
} from '../../server/src/application/learning/workerProtocol.ts';
import { WORKER_PROTOCOL } from '../../server/src/application/learning/workerFit.ts';
import { content, openLearningJobs, type LearningJobs } from './learningJobs.ts';

let jobs: LearningJobs;
let learning: Learning;

beforeEach(async () => {
  jobs = await openLearningJobs({ graceMs: 0 });
  ({ learning } = jobs);
});
afterEach(() => jobs.close());

const SAMED = { worker: 'w', methods: ['samed'] as const, protocol: WORKER_PROTOCOL };
const STEP = { phase: 'fold 1', step: 1, steps: 2 };

describe('a lease', () => {
  test('that is renewed lasts; one that is not gives the job, with its checkpoint, to the next worker', async () => {
    const { id } = newAdaptation();
    await learning.adaptations.create({ ...newAdaptation(), id });
    const first = (await claimAdaptation(SAMED, learning))!;
    const mine = { id, leaseId: first.leaseId };
    await keepCheckpoint(mine, content('at step 1'), learning);
    for (let renewal = 0; renewal < 3; renewal++) {
      jobs.clock.nowMs += LEASE_SECONDS * 1000 - 1;
      expect(await reportTraining(mine, STEP, learning)).toBe(false);
      expect(await claimAdaptation(SAMED, learning)).toBeUndefined();
    }
    jobs.clock.nowMs += LEASE_SECONDS * 1000;
    const second = (await claimAdaptation({ ...SAMED, worker: 'v' }, learning))!;
    expect(second.job).toMatchObject({ id, state: { kind: 'running', attempts: 2 } });
    await expect(reportTraining(mine, STEP, learning)).rejects.toThrow('lease-lost');
    await expect(keepCheckpoint(mine, content('late'), learning)).rejects.toThrow('lease-lost');
    expect(await text(await readCheckpoint({ id, leaseId: second.leaseId }, learning))).toBe('at step 1');
  });

  test('lost too often without getting any further ends the job, and its files are removed', async () => {
    const { id } = newAdaptation();
    await learning.adaptations.create({ ...newAdaptation(), id });
    // Each worker gets further, then none does.
    for (let attempt = 1; attempt < 3 * MOST_ATTEMPTS; attempt++) {
      const { leaseId } = (await claimAdaptation(SAMED, learning))!;
      const reached = Math.min(attempt, 2 * MOST_ATTEMPTS);
      await keepCheckpoint({ id, leaseId }, content(`at step ${reached}`), learning);
      // Only the newest checkpoint is kept.
      expect(readdirSync(jobs.root)).toHaveLength(2);
      jobs.clock.nowMs += LEASE_SECONDS * 1000;
    }
    expect(await claimAdaptation(SAMED, learning)).toBeUndefined();
    expect((await readAdaptation(id, learning)).job.state).toMatchObject({ kind: 'failed' });
    expect(readdirSync(jobs.root)).toEqual(['incoming']);
  });

  test('shows that its worker is there, for a while', async () => {
    await claimAdaptation(SAMED, learning);
    expect(learning.workers.presentAt(jobs.clock.nowMs)).toEqual(['w']);
    expect(learning.workers.presentAt(jobs.clock.nowMs + 120_000)).toEqual([]);
  });
});
