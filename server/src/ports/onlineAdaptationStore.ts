import type { AdaptationKey, AdaptationScope, OnlineAdaptation } from '../domain/online/onlineAdaptation.ts';

/** Keeps what was learned from accepted cases: numbers, no pixels. What is saved survives the death of the process. */
export interface OnlineAdaptationStore {
  /** Of one scope, the one that learned last first. */
  list(scope: AdaptationScope): Promise<readonly OnlineAdaptation[]>;
  find(key: AdaptationKey): Promise<OnlineAdaptation | undefined>;
  /** New, or instead of the one of the same key. The oldest beyond `most` in its scope are forgotten. */
  save(adaptation: OnlineAdaptation, most: number): Promise<void>;
  /** @throws Problem online-adaptation-not-found, also for one of another scope */
  remove(scope: AdaptationScope, id: string): Promise<void>;
}
