import type { AnnotationRanking } from '../domain/annotationRanking.ts';
import type { AdaptationScope } from '../domain/online/onlineAdaptation.ts';

/** Keeps rankings. What it has acknowledged survives the death of the process. */
export interface AnnotationRankingStore {
  /** The oldest of its scope that have ended are forgotten, so that no more than `most` stay. */
  create(ranking: AnnotationRanking, most: number): Promise<void>;
  /** Of one scope, newest first, at most so many. */
  list(scope: AdaptationScope, limit: number): Promise<readonly AnnotationRanking[]>;
  /** @throws Problem annotation-ranking-not-found, also for one of another scope */
  load(scope: AdaptationScope, id: string): Promise<AnnotationRanking>;
  /**
   * Replaces a ranking by what `change` makes of it; no other change of it runs meanwhile.
   * @throws Problem annotation-ranking-not-found, also for one of another scope, and what `change` throws, which
   *   leaves the ranking as it was
   */
  update(
    scope: AdaptationScope,
    id: string,
    change: (ranking: AnnotationRanking) => AnnotationRanking,
  ): Promise<AnnotationRanking>;
  /** @throws Problem annotation-ranking-not-found, also for one of another scope */
  remove(scope: AdaptationScope, id: string): Promise<void>;
  /** Of any scope, the oldest that has not ended. */
  nextOpen(): Promise<AnnotationRanking | undefined>;
}
