import { hasEnded, type AnnotationRanking } from '../../domain/annotationRanking.ts';
import { Problem } from '../../domain/errors.ts';
import type { AdaptationScope } from '../../domain/online/onlineAdaptation.ts';
import type { RunOrigin } from '../../domain/runOrigin.ts';
import { seriesKey, type SeriesReference } from '../../domain/seriesReference.ts';
import type { AnnotationRankingStore } from '../../ports/annotationRankingStore.ts';
import type { Exemplars } from '../exemplars/exemplars.ts';
import type { Learning } from '../learning/learning.ts';
import type { Judge } from './judge.ts';
import type { RankingQueue } from './rankingQueue.ts';

/** What the use cases on rankings work with. */
export interface Rankings {
  readonly store: AnnotationRankingStore;
  /** Of who asks: rankings of others are not there. */
  readonly scope: AdaptationScope;
  readonly queue: Pick<RankingQueue, 'start' | 'giveUp' | 'shareOf'>;
  readonly tasks: Pick<Learning['tasks'], 'load'>;
  readonly sets: Pick<Exemplars['sets'], 'load'>;
  readonly judgeOf: (origin: RunOrigin) => Promise<Judge>;
  readonly nowMs: () => number;
}

/** Each may take hours. */
const MOST_OPEN = 10;
export const MOST_KEPT = 50;

/**
 * Begins to rank series in the background.
 * @throws Problem task-not-found, wrong-state, model-not-found, model-not-adaptable, exemplar-set-not-found,
 *   unsuitable-cases, invalid-request (a series twice), overloaded
 */
export async function createRanking(
  origin: RunOrigin,
  series: readonly SeriesReference[],
  { store, scope, queue, nowMs, ...rankings }: Rankings,
): Promise<AnnotationRanking> {
  requireDistinct(series);
  const subject = await subjectOf(origin, rankings);
  // What cannot judge is found now, and not when the queue comes to it.
  await rankings.judgeOf(origin);
  const open = (await store.list(scope, MOST_KEPT)).filter(ranking => !hasEnded(ranking));
  if (open.length >= MOST_OPEN) {
    throw new Problem('overloaded', 'Other rankings wait; cancel one, or wait until one is done.', {
      waiting: open.length,
    });
  }
  const ranking: AnnotationRanking = {
    ...{ id: crypto.randomUUID(), scope, createdAt: new Date(nowMs()).toISOString(), origin, ...subject },
    entries: series.map(each => ({ series: each, outcome: { kind: 'waiting' } })),
    state: { kind: 'queued' },
  };
  await store.create(ranking, MOST_KEPT);
  queue.start();
  return ranking;
}

async function subjectOf(
  origin: RunOrigin,
  { tasks, sets }: Pick<Rankings, 'tasks' | 'sets'>,
): Promise<Pick<AnnotationRanking, 'title' | 'labels'>> {
  const { title, classes } =
    origin.kind === 'task'
      ? (await tasks.load(origin.taskId)).description
      : await sets.load(origin.exemplarSetId);
  return { title, labels: classes.map(({ label }) => label) };
}

function requireDistinct(series: readonly SeriesReference[]): void {
  const keys = series.map(seriesKey);
  const errors = keys.flatMap((key, n) =>
    keys.indexOf(key) < n ? [{ pointer: `/series/${n}`, detail: 'is named before' }] : [],
  );
  if (errors.length > 0) throw new Problem('invalid-request', 'Name each series once.', { errors });
}
