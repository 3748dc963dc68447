import { countVoxels, type Mask } from '../domain/mask.ts';
import { maskVolumeMl } from '../domain/maskVolume.ts';
import { encodeRunLengths } from '../domain/runLength.ts';
import type { MaskSnapshot } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import { volumeFingerprintOf } from '../domain/volumeFingerprint.ts';

/** A mask as the operation log keeps it, with what tells the volume that it lies on. */
export function snapshotOf(mask: Mask, volume: Volume): MaskSnapshot {
  return {
    ...{ voxelCount: countVoxels(mask), volumeMl: maskVolumeMl(mask, volume.geometry) },
    ...{ runLength: encodeRunLengths(mask), volumeFingerprint: volumeFingerprintOf(volume) },
  };
}
