import { Problem } from './errors.ts';
import type {
  MaskSnapshot,
  MaskSummary,
  Segment,
  Segmentation,
  SegmentStep,
  StoredSegmentation,
  StoredStructureSet,
} from './segmentation.ts';

/** A step that holds a prompt. */
export type PromptStep<Kept extends MaskSummary = MaskSnapshot> = Extract<
  SegmentStep<Kept>,
  { kind: 'prompt' }
>;

/** @throws Problem segment-not-found */
export function segmentOf<Kept extends MaskSummary>(
  segmentation: Segmentation<Kept>,
  segmentNumber: number,
): Segment<Kept> {
  const segment = segmentation.segments.find(candidate => candidate.segmentNumber === segmentNumber);
  if (!segment) {
    throw new Problem('segment-not-found', 'Read the segmentation again: it has no segment of this number.', {
      segmentNumber,
    });
  }
  return segment;
}

/** As many as SegmentNumber (0062,0004), of 16 bits, can say. */
const HIGHEST_SEGMENT_NUMBER = 0xffff;

/** @throws Problem wrong-state where an opened object has used up the numbers, of which none is given again */
export function nextSegmentNumber({ lastSegmentNumber }: Pick<Segmentation, 'lastSegmentNumber'>): number {
  if (lastSegmentNumber < HIGHEST_SEGMENT_NUMBER) return lastSegmentNumber + 1;
  throw new Problem(
    'wrong-state',
    'No higher segment number is left: add the segment to a new segmentation of the series.',
    { lastSegmentNumber },
  );
}

export function canUndo(segment: Segment<MaskSummary>): boolean {
  return segment.cursor > 0;
}

export function canRedo(segment: Segment<MaskSummary>): boolean {
  return segment.cursor < segment.steps.length;
}

/** The prompts that made the current mask, oldest first: since the last clear, undone ones left out. */
export function promptsInForce<Kept extends MaskSummary>(
  segment: Segment<Kept>,
): readonly PromptStep<Kept>[] {
  const done = segment.steps.slice(0, segment.cursor);
  const lastClear = done.findLastIndex(step => step.kind === 'clear');
  return done.slice(lastClear + 1).filter(step => step.kind === 'prompt');
}

/** What the prompts in force start from: the mask that the segment was opened with, unless it was cleared since. */
export function startingMask(segment: Segment): MaskSnapshot | undefined {
  const isCleared = segment.steps.slice(0, segment.cursor).some(step => step.kind === 'clear');
  return isCleared ? undefined : segment.openedMask;
}

/** The mask after the first `stepCount` steps; absent when it is empty. */
export function maskAfter<Kept extends MaskSummary>(
  segment: Segment<Kept>,
  stepCount: number,
): Kept | undefined {
  if (stepCount === 0) return segment.openedMask;
  const step = segment.steps[stepCount - 1];
  return step?.kind === 'prompt' ? step.mask : undefined;
}

export function currentMask<Kept extends MaskSummary>(segment: Segment<Kept>): Kept | undefined {
  return maskAfter(segment, segment.cursor);
}

/** Where the segmentation lies in the archive as it is now; undefined when it was changed since, or never saved. */
export function currentSave(segmentation: Segmentation): StoredSegmentation | undefined {
  return unlessChanged(segmentation, segmentation.stored.at(-1));
}

/** The same of its contours. */
export function currentStructureSet(segmentation: Segmentation): StoredStructureSet | undefined {
  return unlessChanged(segmentation, segmentation.structureSet);
}

function unlessChanged<Stored extends { readonly version: number }>(
  { contentVersion }: Segmentation,
  stored: Stored | undefined,
): Stored | undefined {
  return stored && stored.version >= contentVersion ? stored : undefined;
}
