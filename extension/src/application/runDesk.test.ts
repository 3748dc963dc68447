import { describe, expect, test } from '@jest/globals';
import type { TaskRunContract } from '@tomoclick/server/contract';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { RunDesk } from './runDesk.ts';

const WARNING = { code: 'series-is-exemplar', detail: 'The series is case 1.' } as const;

function answering(...states: readonly TaskRunContract['state'][]): {
  readonly api: Pick<LearningApi, 'readRun' | 'cancelRun'>;
  readonly begin: () => Promise<TaskRunContract>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const answer = (what: string): Promise<TaskRunContract> => {
    asked.push(what);
    const state = states[asked.length - 1];
    if (!state) return Promise.reject(new RefusedByServer(404, 'task-run-not-found', 'Not known', 'Again.'));
    return Promise.resolve({ id: 'run', taskId: 'liver', warnings: [WARNING], state });
  };
  const api = { readRun: () => answer('read'), cancelRun: (id: string) => answer(`cancel ${id}`) };
  return { api, begin: () => answer('run'), asked };
}

async function ran(
  ...states: readonly TaskRunContract['state'][]
): Promise<{ desk: RunDesk; found: string[]; progress: number[]; asked: string[] }> {
  const { api, begin, asked } = answering(...states);
  const progress: number[] = [];
  const desk = new RunDesk(api, () => {
    progress.push(desk.getState().run?.progress ?? NaN);
    return Promise.resolve();
  });
  const found: string[] = [];
  await desk.run('task', 'Liver on CT', begin, segmentationId => found.push(segmentationId));
  return { desk, found, progress, asked };
}

describe('a run', () => {
  test('shows how far it is and what is to be known of it, and tells once where there is something to see', async () => {
    const { desk, found, progress, asked } = await ran(
      { kind: 'running', progress: 0 },
      { kind: 'running', progress: 0.5 },
      { kind: 'done', segmentationId: 'mine' },
    );
    expect(asked).toEqual(['run', 'read', 'read']);
    expect(progress).toEqual([0, 0.5]);
    expect(found).toEqual(['mine']);
    expect(desk.getState()).toEqual({
      ...{ run: null, kind: 'task', warnings: [WARNING.detail], failure: null },
    });
  });

  test('that fails, or is forgotten by the server, says so and shows nothing', async () => {
    const failed = await ran({ kind: 'failed', code: 'series-too-large', detail: 'Too large.' });
    expect(failed.desk.getState()).toMatchObject({ run: null, failure: { detail: 'Too large.' } });
    const forgotten = await ran({ kind: 'running', progress: 0.5 });
    expect(forgotten.desk.getState()).toMatchObject({ run: null, failure: { title: 'Not known' } });
    expect([failed.found, forgotten.found]).toEqual([[], []]);
  });

  test('is followed through moments without an answer, but not for ever', async () => {
    const states: TaskRunContract['state'][] = [
      { kind: 'running', progress: 0 },
      { kind: 'done', segmentationId: 'mine' },
    ];
    const { api, begin } = answering(...states);
    let silent = 3;
    const readRun = (id: string): Promise<TaskRunContract> => {
      silent -= 1;
      return silent >= 0 ? Promise.reject(new NoAnswer('gone')) : api.readRun(id);
    };
    const found: string[] = [];
    const desk = new RunDesk({ ...api, readRun }, () => Promise.resolve());
    await desk.run('task', 'Liver on CT', begin, segmentationId => found.push(segmentationId));
    expect(found).toEqual(['mine']);
    expect(desk.getState().failure).toBeNull();
    silent = Infinity;
    const running = answering({ kind: 'running', progress: 0 });
    await desk.run('task', 'Liver on CT', running.begin, () => undefined);
    expect(desk.getState()).toMatchObject({ run: null, failure: { retriable: true } });
  });

  test('that is cancelled is no failure', async () => {
    const { desk, found } = await ran({ kind: 'running', progress: 0 }, { kind: 'cancelled' });
    expect(desk.getState()).toMatchObject({ run: null, failure: null });
    expect(found).toEqual([]);
  });
});
