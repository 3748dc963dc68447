import type { Mask } from '../domain/mask.ts';
import { decodeRunLengths } from '../domain/runLength.ts';
import { currentMask } from '../domain/segmentState.ts';
import type { Segment, Segmentation } from '../domain/segmentation.ts';

export interface FilledSegment {
  readonly segment: Segment;
  readonly mask: Mask;
}

/** The segments that are not empty, in their order, with their masks. */
export function filledSegments(segmentation: Segmentation): readonly FilledSegment[] {
  return segmentation.segments.flatMap(segment => {
    const snapshot = currentMask(segment);
    if (!snapshot || snapshot.voxelCount === 0) return [];
    return [{ segment, mask: decodeRunLengths(snapshot.runLength) }];
  });
}
