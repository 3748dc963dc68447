import type { SegmentationContract } from '@tomoclick/server/contract';
import { middleOf } from '../domain/drawnPrompt.ts';
import { activeSegment, type PromptSession } from '../domain/promptSession.ts';
import type { SegmentMasks } from '../domain/segmentMasks.ts';
import type { SliceKey } from '../domain/sliceKey.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';
import type { SegmentMask } from '../ports/segmentationApi.ts';

export function showSegments(view: LabelmapView, session: PromptSession): void {
  const shown = session.segments.flatMap(({ segmentNumber, label, colour }) =>
    segmentNumber === null ? [] : [{ segmentNumber, label, colour }],
  );
  view.showSegments(shown, activeSegment(session).segmentNumber);
}

/** Where the reader last pointed inside the active segment. */
export function showWhereActiveIs(view: LabelmapView, session: PromptSession): void {
  const last = activeSegment(session).prompts.findLast(
    ({ prompt }) => prompt.kind === 'box' || ('polarity' in prompt && prompt.polarity === 'include'),
  );
  const middle = last && middleOf(last.prompt);
  if (middle) view.showPoint(middle);
}

/**
 * The masks of a segmentation take the place of all others.
 * @param found those that are not empty
 * @returns the slices whose composition may have changed
 */
export function replaceMasks(
  masks: SegmentMasks,
  { segments }: SegmentationContract,
  found: readonly SegmentMask[],
): ReadonlySet<SliceKey> {
  const touched = new Set(masks.clear());
  // Other writers may track several segments as one: they come in their order, those without voxels left out.
  const left = [...found];
  for (const segment of segments.filter(({ voxelCount }) => voxelCount > 0)) {
    const place = left.findIndex(({ trackingUID }) => trackingUID === segment.trackingUID);
    const [mask] = place < 0 ? [] : left.splice(place, 1);
    if (!mask) continue;
    for (const key of masks.replaceSlices(segment.segmentNumber, mask.slices)) touched.add(key);
  }
  return touched;
}
