import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atOnce } from '../domain/atOnce.ts';
import { anyMask } from '../domain/fixtures/arbitraries.ts';
import { obliqueAffine, syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { maskVolumeMl } from '../domain/maskVolume.ts';
import { encodeRunLengths } from '../domain/runLength.ts';
import { volumeFingerprintOf } from '../domain/volumeFingerprint.ts';
import { snapshotOf } from './snapshotOf.ts';

const even = syntheticVolume([9, 8, 7], obliqueAffine([0.1, 0.2, 0], [0.7, 0.9, 2.3]), () => 0);
const slicePlaces = [0, 0.5, 2.25, 3, 4, 4.5, 6];
const uneven = { ...even, geometry: { ...even.geometry, slicePlaces } };

test('a snapshot says what each look at the mask would say, to the last bit', () => {
  fc.assert(
    fc.property(anyMask, fc.constantFrom(even, uneven), (mask, volume) => {
      expect(atOnce(snapshotOf(mask, volume))).toEqual({
        voxelCount: mask.voxels.filter(voxel => voxel === 1).length,
        volumeMl: maskVolumeMl(mask, volume.geometry),
        runLength: encodeRunLengths(mask),
        volumeFingerprint: volumeFingerprintOf(volume),
      });
    }),
  );
});
