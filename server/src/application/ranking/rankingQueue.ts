import { setTimeout as delay } from 'node:timers/promises';
import {
  begun,
  ended,
  withOutcome,
  type AnnotationRanking,
  type RankedOutcome,
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
      for (const [index, { series, outcome }] of ranking.entries.entries()) {
        if (outcome.kind !== 'waiting') continue;
        const found = await this.#outcomeOf(series, ranking, judge, current);
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

  async #outcomeOf(
    series: SeriesReference,
    { labels }: AnnotationRanking,
    judge: Judge,
    current: Current,
  ): Promise<RankedOutcome> {
    const { known } = judge;
    if (known.series.some(each => isSameSeries(each, series))) return { kind: 'annotated', as: known.as };
    if (await isAnnotated(series, labels, this.ports.segmentations))
      return { kind: 'annotated', as: 'saved' };
    for (let tries = 1; ; tries++) {
      const found = await this.#compare(series, judge, current, tries);
      if (found) return found;
    }
  }

  /** Undefined: it is to be tried again. */
  async #compare(
    series: SeriesReference,
    judge: Judge,
    current: Current,
    tries: number,
  ): Promise<RankedOutcome | undefined> {
    const { runs, onFailed, retryAfterMs } = this.ports;
    const { signal } = current.controller;
    await runs.whenIdle(signal);
    try {
      const agreements = await judge.agreements(series, signal, share => (current.share = share));
      return { kind: 'compared', agreements };
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof Problem)) throw error;
      if (OF_THE_SERIES.has(error.code)) {
        if (error.code === 'inference-failed') onFailed(error);
        return { kind: 'left-out', code: error.code, detail: error.detail };
      }
      if (!TRANSIENT.has(error.code) || tries >= MOST_TRIES) throw error;
      await delay(retryAfterMs, undefined, { signal });
      return undefined;
    }
  }
}
