import type { Lesson } from '../domain/online/lesson.ts';
import type { AdaptationKey, AdaptationScope, OnlineAdaptation } from '../domain/online/onlineAdaptation.ts';

/**
 * Keeps what was learned from accepted cases, and the lessons that are still to be learned: numbers and ids, no pixels.
 * What is kept survives the death of the process. A lesson is named by its scope, segment and version.
 */
export interface OnlineAdaptationStore {
  /** Of one scope, the one that learned last first. */
  list(scope: AdaptationScope): Promise<readonly OnlineAdaptation[]>;
  find(key: AdaptationKey): Promise<OnlineAdaptation | undefined>;
  /** Lessons of one scope; those that are noted already stay as they are. The oldest beyond `most` are dropped. */
  note(lessons: readonly Lesson[], most: number): Promise<void>;
  /** Of one scope, those noted first first. */
  lessons(scope: AdaptationScope): Promise<readonly Lesson[]>;
  /** @returns false where the lesson is not noted any more */
  noteTries(lesson: Lesson, tries: number): Promise<boolean>;
  /**
   * Keeps what a lesson has come to, new, or instead of the one of the same key, and drops the lesson together with
   * those of older versions of its segment. The adaptations beyond `most` in its scope that learned longest ago are
   * forgotten.
   * @returns false, and nothing is changed, where the lesson is not noted any more
   */
  learn(lesson: Lesson, adaptation: OnlineAdaptation, most: number): Promise<boolean>;
  /** Of a lesson that teaches nothing. */
  drop(lesson: Lesson): Promise<void>;
  /**
   * The lessons of its key go with it.
   * @throws Problem online-adaptation-not-found, also for one of another scope
   */
  remove(scope: AdaptationScope, id: string): Promise<void>;
}
