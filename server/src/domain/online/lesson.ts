import type { AdaptationKey } from './onlineAdaptation.ts';

/** A corrected segment that a reader has stored, and that is to be learned from. */
export interface Lesson {
  readonly key: AdaptationKey;
  readonly segmentationId: string;
  readonly segmentNumber: number;
  /** Of the segmentation, as it was stored. */
  readonly version: number;
  /** How often a server has begun to learn it after it had been missed. */
  readonly tries: number;
}

/** A lesson that ended so many servers will end the next. */
export const MOST_TRIES = 3;
/** Of one scope; servers that end in the middle of a save leave one or two. */
export const MOST_LESSONS = 64;

/** Names the case that it teaches: a segment that is stored again replaces what it taught before. */
export function caseKeyOf({ segmentationId, segmentNumber }: Lesson): string {
  return `${segmentationId}/${segmentNumber}`;
}
