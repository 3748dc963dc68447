import type { Mask } from '../domain/mask.ts';
import { decodeRunLengths } from '../domain/runLength.ts';
import { currentMask } from '../domain/segmentState.ts';
import type { Segment, Segmentation } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import { requireVolumeOfMasks } from '../domain/volumeFingerprint.ts';

export interface FilledSegment {
  readonly segment: Segment;
  readonly mask: Mask;
}

/**
 * The segments that are not empty, in their order, with their masks on the volume: each mask is made when it is asked for.
 * @throws Problem series-changed when they do not lie on it
 */
export function* filledSegments(segmentation: Segmentation, volume: Volume): Generator<FilledSegment, void> {
  requireVolumeOfMasks(segmentation, volume);
  for (const segment of segmentation.segments) {
    const snapshot = currentMask(segment);
    if (!snapshot || snapshot.voxelCount === 0) continue;
    yield { segment, mask: decodeRunLengths(snapshot.runLength) };
  }
}
