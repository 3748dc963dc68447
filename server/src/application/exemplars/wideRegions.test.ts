import { describe, expect, test } from '@jest/globals';
import { canonicalFrameOf } from '../../domain/canonicalFrame.ts';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../../domain/fixtures/syntheticVolume.ts';
import { CoarseLevels } from '../coarseLevels.ts';
import { wideRegions } from './searchStructure.ts';

describe('regions that a wide volume is searched in', () => {
  // 10 × 30 × 20 voxels of 1 × 10 × 3 mm.
  const volume = syntheticVolume([10, 30, 20], [1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1], () => 0);
  const frame = canonicalFrameOf(volume.geometry);
  const scene = { volume, volumeKey: 'wide', frame, model: SMALL_MODEL, levels: new CoarseLevels() };

  test('cover it to its end, on the lattice, overlapping by half', () => {
    const regions = wideRegions(scene, 3);
    const along = (axis: 0 | 1 | 2): readonly number[] => [
      ...new Set(regions.map(({ cornerIjk }) => cornerIjk[axis])),
    ];
    // 100 voxels of the level: 68 lie beyond the first region.
    expect(along(1)).toEqual([0, 16, 32, 48, 64, 72]);
    // What a region holds as a whole lies about its middle: 4 and 20 voxels of 32.
    expect(along(0)).toEqual([-16]);
    expect(along(2)).toEqual([-8]);
    expect(regions).toHaveLength(6);
  });
});
