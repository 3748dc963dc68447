import { describe, expect, test } from '@jest/globals';
import type { Adaptation, AdaptationState } from './adaptation.ts';
import {
  cancelled,
  claimed,
  completed,
  expired,
  failed,
  LEASE_SECONDS,
  MOST_ATTEMPTS,
  renewed,
  withCheckpoint,
} from './adaptationState.ts';
import { jobSettings } from './fixtures/jobSettings.ts';

const LEASE = { leaseId: 'mine', worker: 'w', expiresMs: 1000 };
const OTHER = 'someone else’s';

function job(state: AdaptationState): Adaptation {
  return {
    ...{ id: 'a', createdAt: '2026-01-01T00:00:00.000Z', title: 'Liver', method: 'samed' },
    ...{ base: { model: 'm', version: '1' }, modalities: ['CT'], classes: [], cases: [] },
    settings: jobSettings(),
    state,
  };
}
const queued = job({ kind: 'queued', attempts: 0 });
const running = claimed(queued, LEASE);
const ended = [
  job({ kind: 'cancelled' }),
  job({ kind: 'failed', reason: 'no' }),
  job({ kind: 'done', taskId: 't', leaseId: 'mine' }),
];

describe('a job', () => {
  test('is given to one worker at a time', () => {
    expect(running.state).toMatchObject({ kind: 'running', attempts: 1, lease: LEASE });
    expect(() => claimed(running, LEASE)).toThrow('wrong-state');
  });

  test('takes reports, checkpoints and results of that worker alone', () => {
    expect(renewed(running, 'mine', 5000).state).toMatchObject({
      lease: { expiresMs: 5000 + LEASE_SECONDS * 1000 },
    });
    for (const change of [
      () => renewed(running, OTHER, 0),
      () => withCheckpoint(running, OTHER, 'c'),
      () => completed(running, OTHER, 't'),
      () => failed(running, OTHER, 'no'),
      () => renewed(queued, 'mine', 0),
    ]) {
      expect(change).toThrow('lease-lost');
    }
  });

  test('goes back into the queue with its checkpoint when the worker falls silent, and fails in the end', () => {
    let now = withCheckpoint(running, 'mine', 'c');
    expect(expired(now, 999)).toBe(now);
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
      now = expired(now, 1000);
      expect(now.state).toEqual({ kind: 'queued', attempts: attempt, checkpointSha256: 'c' });
      now = claimed(now, LEASE);
    }
    expect(expired(now, 1000).state).toMatchObject({ kind: 'failed' });
  });

  test('that gets further with each worker is given to the next, however many were stopped', () => {
    let now = running;
    for (let attempt = 0; attempt < 3 * MOST_ATTEMPTS; attempt++) {
      now = claimed(expired(withCheckpoint(now, 'mine', `step ${attempt}`), 1000), LEASE);
    }
    expect(now.state).toMatchObject({ kind: 'running', attempts: 2 });
    for (let attempt = 0; attempt < MOST_ATTEMPTS - 2; attempt++) {
      now = claimed(expired(withCheckpoint(now, 'mine', `step ${3 * MOST_ATTEMPTS - 1}`), 1000), LEASE);
    }
    expect(expired(now, 1000).state).toMatchObject({ kind: 'failed' });
  });

  test('that is cancelled while it runs ends when the worker says so, or falls silent', () => {
    expect(cancelled(queued).state.kind).toBe('cancelled');
    const cancelling = cancelled(running);
    expect(renewed(cancelling, 'mine', 0).state.kind).toBe('cancelling');
    expect(failed(cancelling, 'mine', 'told to').state.kind).toBe('cancelled');
    expect(expired(cancelling, 1000).state.kind).toBe('cancelled');
    expect(() => completed(cancelling, 'mine', 't')).toThrow('lease-lost');
  });

  test('that has ended stays as it is', () => {
    for (const over of ended) {
      expect(() => cancelled(over)).toThrow('wrong-state');
      expect(() => claimed(over, LEASE)).toThrow('wrong-state');
      expect(() => renewed(over, 'mine', 0)).toThrow('lease-lost');
      expect(expired(over, 1e9)).toBe(over);
    }
  });
});
