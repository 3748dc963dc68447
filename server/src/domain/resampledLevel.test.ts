import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { anyAffine, anyReorientation } from './fixtures/arbitraries.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { reorientedVolume, syntheticVolume } from './fixtures/syntheticVolume.ts';
import { snappedRegion } from './regionOfInterest.ts';
import { sampleRegion } from './resample.ts';
import { readLevel, regionOfLevel, sourceVoxelsOf } from './resampledLevel.ts';

const anyPointMm = fc.tuple(
  ...([0, 1, 2] as const).map(() => fc.integer({ min: -60, max: 160 })),
) as fc.Arbitrary<[number, number, number]>;

describe('a resampled level', () => {
  test('gives every region as it is read from the volume, in every orientation, also past its edges', () => {
    fc.assert(
      fc.property(
        anyAffine,
        anyReorientation,
        fc.constantFrom(3, 1.5),
        anyPointMm,
        (ijkToLps, reorientation, spacingMm, pointMm) => {
          const noise = syntheticVolume(
            [21, 18, 16],
            ijkToLps,
            (_, [i, j, k]) => (i * 7 + j * 13 + k * 29) % 101,
          );
          const volume = { ...reorientedVolume(noise, reorientation), rescale: { slope: 2, intercept: -50 } };
          const frame = canonicalFrameOf(volume.geometry);
          const reading = readLevel(volume, frame, spacingMm);
          let turn = reading.next();
          while (turn.done !== true) turn = reading.next();
          const region = snappedRegion(SMALL_MODEL, pointMm, spacingMm);
          expect(regionOfLevel(turn.value, region)).toEqual(sampleRegion(volume, frame, region));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('knows how much a region is read from', () => {
    const { geometry } = syntheticVolume(
      [10, 20, 400],
      [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      () => 0,
    );
    // The region's 32 voxels of 3 mm are 96 mm: all 10 columns, all 20 rows, 96 of the slices.
    const region = snappedRegion(SMALL_MODEL, [0, 0, 0], 3);
    expect(sourceVoxelsOf(canonicalFrameOf(geometry), region)).toBe(10 * 20 * 96);
  });
});
