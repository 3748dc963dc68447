import { beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agreement } from '../../domain/agreement.ts';
import { cancelled, type AnnotationRanking } from '../../domain/annotationRanking.ts';
import { Problem } from '../../domain/errors.ts';
import type { Segmentation } from '../../domain/segmentation.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import { SegmentationRuns } from '../segmentationRuns.ts';
import { throwIfCancelled } from '../singleFlight.ts';
import { createRanking, type Rankings } from './createRanking.ts';
import { cancelRanking, removeRanking } from './endRanking.ts';
import { MemoryRankingStore } from './fixtures/memoryRankingStore.ts';
import type { Judge } from './judge.ts';
import { RankingQueue } from './rankingQueue.ts';

const SCOPE = { tenant: 'site', userGroup: 'readers' };
const TASK = { kind: 'task', taskId: 'liver' } as const;
const SERIES = ['1.1', '1.2', '1.3'].map(uid => ({ studyInstanceUID: '1', seriesInstanceUID: uid }));

let store: MemoryRankingStore;
let runs: SegmentationRuns;
/** What the judge was asked for, in order. */
let judged: string[];
let failures: unknown[];
/** What the judge does with a series; by default the answers agree as its UID says. */
let judge: (series: SeriesReference, signal: AbortSignal) => Promise<readonly Agreement[]>;
let known: Judge['known'];
let saved: Segmentation[];

function agreement(dice: number): readonly Agreement[] {
  return [{ among: 'copies', answers: 7, perClass: [{ label: 'Liver', dice }] }];
}

beforeEach(() => {
  store = new MemoryRankingStore();
  runs = new SegmentationRuns(() => undefined);
  [judged, failures, saved] = [[], [], []];
  known = { as: 'learned-from', series: [] };
  judge = ({ seriesInstanceUID }) => Promise.resolve(agreement(Number(seriesInstanceUID) - 1));
});

/** As after a start of the server: a queue of its own, on what the store holds. */
function started(): Rankings & { readonly queue: RankingQueue } {
  const judgeOf: Rankings['judgeOf'] = origin => {
    if (origin.kind !== 'task') throw new Problem('exemplar-set-not-found', 'None is here.');
    return Promise.resolve({
      known,
      agreements: (series, signal, onProgress) => {
        judged.push(series.seriesInstanceUID);
        onProgress(0.5);
        return judge(series, signal);
      },
    });
  };
  const segmentations = {
    list: ({ seriesInstanceUID }: { readonly seriesInstanceUID?: string }) =>
      Promise.resolve(saved.filter(({ series }) => series.seriesInstanceUID === seriesInstanceUID)),
  };
  const queue = new RankingQueue({
    ...{ store, segmentations, runs, judgeOf },
    onFailed: reason => failures.push(reason),
    retryAfterMs: 1,
  });
  const subject = { title: 'Liver', classes: [{ label: 'Liver' }] };
  const tasks = { load: () => Promise.resolve({ description: subject }) } as unknown as Rankings['tasks'];
  const sets = {} as unknown as Rankings['sets'];
  return { store, scope: SCOPE, queue, judgeOf, tasks, sets, nowMs: () => Date.UTC(2026, 0, 1) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited++) {
    if (waited > 500) throw new Error('it did not come to that');
    await delay(2);
  }
}

const stateOf = (id: string): string | undefined => store.rankings.get(id)?.state.kind;
const outcomesOf = (id: string): readonly string[] =>
  store.rankings.get(id)!.entries.map(({ outcome }) => outcome.kind);

/** Resolves once the signal aborts. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Problem('cancelled', 'Given up.')));
  });
}

async function ranked(rankings: Rankings, series = SERIES): Promise<AnnotationRanking> {
  const { id } = await createRanking(TASK, series, rankings);
  await until(() => !['queued', 'running'].includes(stateOf(id)!));
  return store.rankings.get(id)!;
}

describe('the queue of rankings', () => {
  test('compares series after series, and keeps what came of each', async () => {
    const ranking = await ranked(started());
    expect(judged).toEqual(['1.1', '1.2', '1.3']);
    expect(ranking).toMatchObject({ title: 'Liver', labels: ['Liver'], state: { kind: 'done' } });
    expect(ranking.entries.map(({ outcome }) => outcome)).toEqual(
      SERIES.map(({ seriesInstanceUID }) => ({
        kind: 'compared',
        agreements: agreement(Number(seriesInstanceUID) - 1),
      })),
    );
  });

  test('does not look at what is saved, or was learned from', async () => {
    known = { as: 'learned-from', series: [SERIES[0]!] };
    const filled = { label: 'LIVER ', openedMask: { voxelCount: 7 }, steps: [], cursor: 0 };
    const of = (n: number, stored: readonly object[], segment: object = filled): Segmentation =>
      ({ series: SERIES[n]!, segments: [segment], stored }) as unknown as Segmentation;
    saved = [
      of(1, [{}]),
      of(2, []),
      of(2, [{}], { ...filled, label: 'Spleen' }),
      of(2, [{}], { ...filled, openedMask: undefined }),
    ];
    const { entries } = await ranked(started());
    expect(entries.map(({ outcome }) => (outcome.kind === 'annotated' ? outcome.as : outcome.kind))).toEqual([
      ...['learned-from', 'saved', 'compared'],
    ]);
    expect(judged).toEqual(['1.3']);
  });

  const unreadable = ['unsupported-geometry', 'archive-rejected'] as const;
  test.each(unreadable)('leaves out a series that cannot be read (%s), and goes on', async code => {
    judge = ({ seriesInstanceUID }) => {
      if (seriesInstanceUID === '1.2') throw new Problem(code, 'No volume.');
      return Promise.resolve(agreement(1));
    };
    const { entries, state } = await ranked(started());
    expect(state).toEqual({ kind: 'done' });
    expect(entries[1]?.outcome).toEqual({
      kind: 'left-out',
      code,
      detail: 'No volume.',
    });
    expect(entries[2]?.outcome.kind).toBe('compared');
  });

  test('ends with the reason where no series could be compared any more, and keeps the others', async () => {
    judge = ({ seriesInstanceUID }) => {
      if (seriesInstanceUID === '1.2') throw new Problem('archive-unreachable', 'The archive is away.');
      return Promise.resolve(agreement(1));
    };
    const ranking = await ranked(started());
    expect(ranking.state).toEqual({
      kind: 'failed',
      code: 'archive-unreachable',
      detail: 'The archive is away.',
    });
    expect(outcomesOf(ranking.id)).toEqual(['compared', 'waiting', 'waiting']);
    judge = () => Promise.reject(new Error('secret'));
    const broken = await ranked(started());
    expect(broken.state).toMatchObject({ kind: 'failed', code: 'internal-error' });
    expect(JSON.stringify(broken)).not.toContain('secret');
    expect(failures).toHaveLength(1);
  });

  test('tries a series again where the moment was to blame', async () => {
    let busy = 2;
    judge = () => {
      if (busy-- > 0) throw new Problem('overloaded', 'Many wait.');
      return Promise.resolve(agreement(1));
    };
    expect(await ranked(started())).toMatchObject({ state: { kind: 'done' } });
    expect(judged).toEqual(['1.1', '1.1', '1.1', '1.2', '1.3']);
  });

  test('tells the log of a model that failed on a series, and goes on', async () => {
    judge = ({ seriesInstanceUID }) =>
      seriesInstanceUID === '1.1'
        ? Promise.reject(new Problem('inference-failed', 'The model failed.'))
        : Promise.resolve(agreement(1));
    const { id, state } = await ranked(started());
    expect(state.kind).toBe('done');
    expect(outcomesOf(id)).toEqual(['left-out', 'compared', 'compared']);
    expect(failures).toHaveLength(1);
  });

  test('is not disturbed by a ranking that ended or went while it was looked at', async () => {
    const rankings = started();
    const gone = await createRanking(TASK, SERIES, rankings);
    // Unheard by the queue, as between two looks at the store.
    judge = async () => {
      await store.remove(SCOPE, gone.id);
      return agreement(1);
    };
    await until(() => !store.rankings.has(gone.id));
    const cancelledMeanwhile = await createRanking(TASK, SERIES, rankings);
    judge = async () => {
      await store.update(SCOPE, cancelledMeanwhile.id, cancelled);
      return agreement(1);
    };
    await until(() => stateOf(cancelledMeanwhile.id) === 'cancelled');
    judge = () => Promise.resolve(agreement(1));
    expect((await ranked(rankings)).state.kind).toBe('done');
    expect(failures).toEqual([]);
  });

  test('is given up at once when it is cancelled or deleted, and the next one runs', async () => {
    for (const end of [cancelRanking, removeRanking]) {
      const rankings = started();
      judge = (_series, signal) => untilAborted(signal);
      const { id } = await createRanking(TASK, SERIES, rankings);
      await until(() => judged.length > 0);
      expect(rankings.queue.shareOf(id)).toBe(0.5);
      await end(id, rankings);
      judge = () => Promise.resolve(agreement(1));
      expect((await ranked(rankings)).state.kind).toBe('done');
      expect([undefined, 'cancelled']).toContain(stateOf(id));
      judged = [];
    }
    expect(failures).toEqual([]);
  });

  test('goes on after a restart with the series that it had come to', async () => {
    const before = started();
    judge = ({ seriesInstanceUID }, signal) =>
      seriesInstanceUID === '1.2' ? untilAborted(signal) : Promise.resolve(agreement(0.5));
    const { id } = await createRanking(TASK, SERIES, before);
    await until(() => judged.length === 2);
    await before.queue.stop();
    expect(stateOf(id)).toBe('running');
    expect(outcomesOf(id)).toEqual(['compared', 'waiting', 'waiting']);
    judge = () => Promise.resolve(agreement(1));
    started().queue.start();
    await until(() => stateOf(id) === 'done');
    expect(judged).toEqual(['1.1', '1.2', '1.2', '1.3']);
  });

  test('leaves out a series that has ended the server so often as to end it again', async () => {
    judge = ({ seriesInstanceUID }) =>
      // As where the process is killed: nothing comes back.
      seriesInstanceUID === '1.2' ? new Promise(() => undefined) : Promise.resolve(agreement(1));
    const { id } = await createRanking(TASK, SERIES, started());
    for (let kills = 1; kills < 3; kills++) {
      await until(() => judged.filter(uid => uid === '1.2').length === kills);
      started().queue.start();
    }
    await until(() => judged.filter(uid => uid === '1.2').length === 3);
    started().queue.start();
    await until(() => stateOf(id) === 'done');
    expect(store.rankings.get(id)!.entries[1]!.outcome).toMatchObject({ kind: 'left-out' });
    expect(judged).toEqual(['1.1', '1.2', '1.2', '1.2', '1.3']);
  });

  test('blames no series for a server that was stopped, or an archive that was away', async () => {
    judge = (_series, signal) => untilAborted(signal);
    const { id } = await createRanking(TASK, SERIES.slice(0, 1), started());
    for (let stops = 1; stops <= 4; stops++) {
      const { queue } = started();
      queue.start();
      await until(() => judged.length === 1 + stops);
      await queue.stop();
    }
    let away = 2;
    judge = () => {
      if (away-- > 0) throw new Problem('archive-unreachable', 'The archive is away.');
      return Promise.resolve(agreement(1));
    };
    started().queue.start();
    await until(() => stateOf(id) === 'done');
    expect(outcomesOf(id)).toEqual(['compared']);
  });

  test('begins no series while a reader waits for a run', async () => {
    let endRun = (): void => undefined;
    runs.begin(TASK, () => new Promise(resolve => (endRun = () => resolve('found'))));
    const { id } = await createRanking(TASK, SERIES, started());
    await delay(20);
    expect(judged).toEqual([]);
    endRun();
    await until(() => stateOf(id) === 'done');
  });

  test('can be given up while a reader waits for a run', async () => {
    const rankings = started();
    runs.begin(TASK, async signal => {
      await delay(60_000, undefined, { signal });
      throwIfCancelled(signal);
      return 'found';
    });
    const { id } = await createRanking(TASK, SERIES, rankings);
    await until(() => stateOf(id) === 'running');
    await cancelRanking(id, rankings);
    await rankings.queue.stop();
    expect(stateOf(id)).toBe('cancelled');
    await runs.stop();
  });
});

describe('asking for a ranking', () => {
  test('is refused where a series is named twice', async () => {
    await expect(createRanking(TASK, [SERIES[0]!, SERIES[1]!, SERIES[0]!], started())).rejects.toMatchObject({
      code: 'invalid-request',
      facts: { errors: [{ pointer: '/series/2' }] },
    });
    expect(store.rankings.size).toBe(0);
  });

  test('is refused where too many wait', async () => {
    const rankings = started();
    judge = (_series, signal) => untilAborted(signal);
    for (let n = 0; n < 10; n++) await createRanking(TASK, SERIES, rankings);
    await expect(createRanking(TASK, SERIES, rankings)).rejects.toThrow('overloaded');
    await rankings.queue.stop();
  });
});
