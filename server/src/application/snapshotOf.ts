import type { Mask } from '../domain/mask.ts';
import { volumeMlOf } from '../domain/maskVolume.ts';
import { encodeMask } from '../domain/runLength.ts';
import type { MaskSnapshot } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import { volumeFingerprintOf } from '../domain/volumeFingerprint.ts';

/**
 * A mask as the operation log keeps it, with what tells the volume that it lies on. Yields every few slices, so that
 * others get a turn: a mask may be a whole body.
 */
export function* snapshotOf(mask: Mask, volume: Volume): Generator<undefined, MaskSnapshot> {
  const { runLength, sliceCounts } = yield* encodeMask(mask);
  return {
    voxelCount: sliceCounts.reduce((sum, count) => sum + count, 0),
    ...{ volumeMl: volumeMlOf(sliceCounts, mask, volume.geometry), runLength },
    volumeFingerprint: volumeFingerprintOf(volume),
  };
}
