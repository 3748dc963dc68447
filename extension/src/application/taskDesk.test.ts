import { describe, expect, test } from '@jest/globals';
import type { TaskContract, TaskRunContract } from '@tomoclick/server/contract';
import { RefusedByServer } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { TaskDesk } from './taskDesk.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
const TASK = { id: 'liver', title: 'Liver on CT' } as TaskContract;

function answering(...states: readonly TaskRunContract['state'][]): {
  readonly api: LearningApi;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const answer = (what: string): Promise<TaskRunContract> => {
    asked.push(what);
    const state = states[asked.length - 1];
    if (!state) return Promise.reject(new RefusedByServer(404, 'task-run-not-found', 'Not known', 'Again.'));
    return Promise.resolve({ id: 'run', taskId: 'liver', warnings: [], state });
  };
  const api = {
    run: (_task: string, _series: unknown, segmentationId: string | null) => answer(`run ${segmentationId}`),
    readRun: () => answer('read'),
  } as unknown as LearningApi;
  return { api, asked };
}

async function ran(
  ...states: readonly TaskRunContract['state'][]
): Promise<{ desk: TaskDesk; found: number; progress: number[]; asked: string[] }> {
  const { api, asked } = answering(...states);
  const progress: number[] = [];
  const desk = new TaskDesk(api, () => {
    progress.push(desk.getState().run?.progress ?? NaN);
    return Promise.resolve();
  });
  let found = 0;
  await desk.run(TASK, SERIES, 'mine', () => found++);
  return { desk, found, progress, asked };
}

describe('running a task', () => {
  test('shows how far it is, and tells once that there is something to see', async () => {
    const { desk, found, progress, asked } = await ran(
      { kind: 'running', progress: 0 },
      { kind: 'running', progress: 0.5 },
      { kind: 'done', segmentationId: 'mine' },
    );
    expect(asked).toEqual(['run mine', 'read', 'read']);
    expect(progress).toEqual([0, 0.5]);
    expect(found).toBe(1);
    expect(desk.getState()).toMatchObject({ run: null, failure: null });
  });

  test('that fails, or is forgotten by the server, says so and shows nothing', async () => {
    const failed = await ran({ kind: 'failed', code: 'series-too-large', detail: 'Too large.' });
    expect(failed.desk.getState()).toMatchObject({ run: null, failure: { detail: 'Too large.' } });
    const forgotten = await ran({ kind: 'running', progress: 0.5 });
    expect(forgotten.desk.getState()).toMatchObject({ run: null, failure: { title: 'Not known' } });
    expect([failed.found, forgotten.found]).toEqual([0, 0]);
  });

  test('that is cancelled is no failure', async () => {
    const { desk, found } = await ran({ kind: 'running', progress: 0 }, { kind: 'cancelled' });
    expect(desk.getState()).toMatchObject({ run: null, failure: null });
    expect(found).toBe(0);
  });
});
