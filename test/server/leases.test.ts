import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newAdaptation } from '../contract/adaptationStore.ts';
import { FolderFileStore } from '../../server/src/adapters/fileStore/folderFileStore.ts';
import { migrateWorkspace } from '../../server/src/adapters/postgres/migrations.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { PostgresAdaptationStore } from '../../server/src/adapters/postgres/postgresAdaptationStore.ts';
import { PostgresTaskRegistry } from '../../server/src/adapters/postgres/postgresTaskRegistry.ts';
import { LEASE_SECONDS, MOST_ATTEMPTS } from '../../server/src/domain/adaptationState.ts';
import type { SqlDatabase } from '../../server/src/ports/sqlDatabase.ts';
import { readAdaptation } from '../../server/src/application/learning/adaptationJobs.ts';
import type { Learning } from '../../server/src/application/learning/learning.ts';
import { WorkerPresence } from '../../server/src/application/learning/workerPresence.ts';
import {
  claimAdaptation,
  keepCheckpoint,
  readCheckpoint,
  reportTraining,
} from '../../server/src/application/learning/workerProtocol.ts';

let database: SqlDatabase;
let root: string;
let learning: Learning;
let nowMs = 0;

beforeEach(async () => {
  database = await openPgliteDatabase();
  await migrateWorkspace(database);
  root = mkdtempSync(join(tmpdir(), 'tomoclick-jobs-'));
  const unused = {} as never;
  learning = {
    adaptations: new PostgresAdaptationStore(database),
    tasks: new PostgresTaskRegistry(database),
    files: await FolderFileStore.open(root, 0),
    workers: new WorkerPresence(),
    nowMs: () => nowMs,
    ...{ packages: unused, volumeEncoder: unused, patientKeyOf: unused, workspace: unused },
  };
});
afterEach(async () => {
  await database.close();
  rmSync(root, { recursive: true });
});

const SAMED = { worker: 'w', methods: ['samed'] as const };
const STEP = { phase: 'fold 1', step: 1, steps: 2 };
const content = (words: string): Readable => Readable.from([Buffer.from(words)]);

describe('a lease', () => {
  test('that is renewed lasts; one that is not gives the job, with its checkpoint, to the next worker', async () => {
    const { id } = newAdaptation();
    await learning.adaptations.create({ ...newAdaptation(), id });
    const first = (await claimAdaptation(SAMED, learning))!;
    const mine = { id, leaseId: first.leaseId };
    await keepCheckpoint(mine, content('at step 1'), learning);
    for (let renewal = 0; renewal < 3; renewal++) {
      nowMs += LEASE_SECONDS * 1000 - 1;
      expect(await reportTraining(mine, STEP, learning)).toBe(false);
      expect(await claimAdaptation(SAMED, learning)).toBeUndefined();
    }
    nowMs += LEASE_SECONDS * 1000;
    const second = (await claimAdaptation({ ...SAMED, worker: 'v' }, learning))!;
    expect(second.job).toMatchObject({ id, state: { kind: 'running', attempts: 2 } });
    await expect(reportTraining(mine, STEP, learning)).rejects.toThrow('lease-lost');
    await expect(keepCheckpoint(mine, content('late'), learning)).rejects.toThrow('lease-lost');
    expect(await text(await readCheckpoint({ id, leaseId: second.leaseId }, learning))).toBe('at step 1');
  });

  test('lost too often ends the job, and its files are removed', async () => {
    const { id } = newAdaptation();
    await learning.adaptations.create({ ...newAdaptation(), id });
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { leaseId } = (await claimAdaptation(SAMED, learning))!;
      await keepCheckpoint({ id, leaseId }, content(`attempt ${attempt}`), learning);
      // Only the newest checkpoint is kept.
      expect(readdirSync(root)).toHaveLength(2);
      nowMs += LEASE_SECONDS * 1000;
    }
    expect(await claimAdaptation(SAMED, learning)).toBeUndefined();
    expect((await readAdaptation(id, learning)).job.state).toMatchObject({ kind: 'failed' });
    expect(readdirSync(root)).toEqual(['incoming']);
  });

  test('shows that its worker is there, for a while', async () => {
    await claimAdaptation(SAMED, learning);
    expect(learning.workers.presentAt(nowMs)).toEqual(['w']);
    expect(learning.workers.presentAt(nowMs + 120_000)).toEqual([]);
  });
});
