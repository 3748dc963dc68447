import { setTimeout as delay } from 'node:timers/promises';
import {
  begun,
  ended,
  withOutcome,
  type AnnotationRanking,
  type RankedOutcome,
  type RankedSeries,
} from '../../domain/annotationRanking.ts';
import { Problem, type ProblemCode } from '../../domain/errors.ts';
import type { RunOrigin } from '../../domain/runOrigin.ts';
import { isSameSeries, type SeriesReference } from '../../domain/seriesReference.ts';
import type { AnnotationRankingStore } from '../../ports/annotationRankingStore.ts';
import type { WorkspaceStore } from '../../ports/workspaceStore.ts';
import { failureOf, type SegmentationRuns } from '../segmentationRuns.ts';
import { throwIfCancelled } from '../singleFlight.ts';
import { isAnnotated } from './isAnnotated.ts';
import type { Judge } from './judge.ts';

export interface RankingQueuePorts {
  readonly store: Pick<AnnotationRankingStore, 'nextOpen' | 'update'>;
  readonly segmentations: Pick<WorkspaceStore, 'list'>;
  /** Readers’ runs: a series is begun only while none goes on. */
  readonly runs: Pick<SegmentationRuns, 'whenIdle'>;
  /** @throws Problem where there is nothing that could judge */
  readonly judgeOf: (origin: RunOrigin) => Promise<Judge>;
  /** Told what no caller is told. */
  readonly onFailed: (reason: unknown) => void;
  /** Between two tries of what may work the next time. */
  readonly retryAfterMs: number;
}

interface Current {
  readonly id: string;
  readonly controller: AbortController;
  /** Of the series that is being looked at, from 0 to 1. */
  share: number;
}

/** What is wrong with one series says nothing of the others. */
const OF_THE_SERIES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['series-not-found', 'unsupported-geometry', 'unsupported-pixel-data', 'series-too-large'] as const),
  ...(['series-changed', 'archive-rejected', 'model-not-for-modality', 'inference-failed'] as const),
]);

/** A busy moment is no end of hours of work. */
const TRANSIENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['overloaded', 'archive-unreachable', 'archive-timeout'] as const),
]);
const MOST_TRIES = 3;
/** A series that so many servers ended at, for want of memory say, will end the next. */
const MOST_BEGUN = 3;
const TOO_MUCH: RankedOutcome = {
  kind: 'left-out',
  code: 'internal-error',
  detail: `The server ended ${MOST_BEGUN} times while it was compared; see its log.`,
};
/** The ranking was cancelled or deleted between two looks at it. */
const OVER: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['wrong-state', 'annotation-ranking-not-found']);

/**
 * Works off the rankings of the store, one after the other and series by series. Each result is kept as soon as it is
 * there: after a restart it goes on with the next series.
 */
export class RankingQueue {
  #current: Current | undefined;
  #working: Promise<void> | undefined;
  #isAsked = false;
  #isStopped = false;

  constructor(private readonly ports: RankingQueuePorts) {}

  /** Returns at once; whatever is open in the store is worked on. */
  start(): void {
    this.#isAsked = true;
    if (this.#isStopped || this.#working) return;
    this.#working = this.#work()
      .catch((reason: unknown) => this.ports.onFailed(reason))
      .finally(() => {
        this.#working = undefined;
        // Asked for after the last look into the store.
        if (this.#isAsked) this.start();
      });
  }

  /** To be called once the store says that it has ended or is gone. */
  giveUp(id: string): void {
    if (this.#current?.id === id) this.#current.controller.abort();
  }

  /** How much is done of the series that is being looked at, from 0 to 1; 0 where it is none of this ranking. */
  shareOf(id: string): number {
    return this.#current?.id === id ? this.#current.share : 0;
  }

  /** Resolves when all work has ended; what is open stays so. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#current?.controller.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    this.#isAsked = false;
    while (!this.#isStopped) {
      const ranking = await this.ports.store.nextOpen();
      if (!ranking || this.#isStopped) return;
      const current = { id: ranking.id, controller: new AbortController(), share: 0 };
      this.#current = current;
      try {
        await this.#rank(ranking, current);
      } finally {
        this.#current = undefined;
      }
    }
  }

  async #rank({ id, scope, origin }: AnnotationRanking, current: Current): Promise<void> {
    const { store } = this.ports;
    const { signal } = current.controller;
    try {
      const ranking = await store.update(scope, id, begun);
      const judge = await this.ports.judgeOf(origin);
      for (const [index, entry] of ranking.entries.entries()) {
        if (entry.outcome.kind !== 'waiting') continue;
        const note = (begun: number): Promise<unknown> =>
          store.update(scope, id, before =>
            withOutcome(before, index, { kind: 'waiting', ...(begun > 0 && { begun }) }),
          );
        const found = await this.#outcomeOf(entry, ranking, judge, current, note);
        await store.update(scope, id, before => withOutcome(before, index, found));
        current.share = 0;
      }
      await store.update(scope, id, before => ended(before, { kind: 'done' }));
    } catch (error) {
      // Cancelled, deleted, or the server stops: in each case the store holds what is to be known.
      if (signal.aborted) return;
      const { code, detail } = failureOf(error);
      if (code === 'internal-error') this.ports.onFailed(error);
      await store
        .update(scope, id, before => ended(before, { kind: 'failed', code, detail }))
        .catch((reason: unknown) => {
          if (!(reason instanceof Problem) || !OVER.has(reason.code)) throw reason;
        });
    }
  }

  /** @param note keeps how often the series was begun to be compared */
  async #outcomeOf(
    { series, outcome }: RankedSeries,
    { labels }: AnnotationRanking,
    judge: Judge,
    current: Current,
    note: (begun: number) => Promise<unknown>,
  ): Promise<RankedOutcome> {
    const { known } = judge;
    if (known.series.some(each => isSameSeries(each, series))) return { kind: 'annotated', as: known.as };
    if (await isAnnotated(series, labels, this.ports.segmentations))
      return { kind: 'annotated', as: 'saved' };
    const before = outcome.kind === 'waiting' ? (outcome.begun ?? 0) : 0;
    if (before >= MOST_BEGUN) return TOO_MUCH;
    for (let tries = 1; ; tries++) {
      await this.ports.runs.whenIdle(current.controller.signal);
      // Written down before: what ends the process is not begun for ever.
      await note(before + 1);
      try {
        return await this.#compare(series, judge, current);
      } catch (error) {
        // Whatever ended it, it was not the process.
        await note(before);
        throwIfCancelled(current.controller.signal);
        if (!(error instanceof Problem) || !TRANSIENT.has(error.code) || tries >= MOST_TRIES) throw error;
      }
      await delay(this.ports.retryAfterMs, undefined, { signal: current.controller.signal });
    }
  }

  /** @throws Problem where the ranking cannot go on, or not now; cancelled */
  async #compare(series: SeriesReference, judge: Judge, current: Current): Promise<RankedOutcome> {
    const { signal } = current.controller;
    try {
      const agreements = await judge.agreements(series, signal, share => (current.share = share));
      return { kind: 'compared', agreements };
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof Problem) || !OF_THE_SERIES.has(error.code)) throw error;
      if (error.code === 'inference-failed') this.ports.onFailed(error);
      return { kind: 'left-out', code: error.code, detail: error.detail };
    }
  }
}
