import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyAffine, invertAffine, type Vector3 } from './affine.ts';
import { canonicalFrameOf, canonicalMmOf } from './canonicalFrame.ts';
import { anyAffine, anyReorientation } from './fixtures/arbitraries.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { reorientedVolume, syntheticVolume } from './fixtures/syntheticVolume.ts';
import {
  isWithinRegion,
  regionBoxInVolume,
  regionIndexOf,
  regionKeyOf,
  regionPointMmOf,
  regionToVolume,
  snappedRegion,
} from './regionOfInterest.ts';
import { volumeFingerprintOf } from './volumeFingerprint.ts';

const coordinate = fc.double({ min: 0, max: 60, noNaN: true });
const anyPointMm = fc.tuple(coordinate, coordinate, coordinate);
const anySpacingMm = fc.constantFrom(3, 1.5, 0.75);

describe('region of interest', () => {
  test('lies on the lattice with the point within half a lattice step of its centre', () => {
    fc.assert(
      fc.property(anyPointMm, anySpacingMm, (pointMm, spacingMm) => {
        const region = snappedRegion(SMALL_MODEL, pointMm, spacingMm);
        region.cornerIjk.forEach(corner => expect(Math.abs(corner % 8)).toBe(0));
        regionIndexOf(region, pointMm).forEach(index => {
          expect(Math.abs(index - 15.5)).toBeLessThanOrEqual(4 + 1e-9);
        });
      }),
    );
  });

  test('a step of the lattice is rounded half up, below zero too', () => {
    const corner = (mm: number) => snappedRegion(SMALL_MODEL, [mm, 16, 16], 1).cornerIjk[0];
    expect([corner(20), corner(19.99), corner(12), corner(11.99)]).toEqual([8, 0, 0, -8]);
  });

  test('index and position are inverse', () => {
    fc.assert(
      fc.property(anyPointMm, anySpacingMm, (pointMm, spacingMm) => {
        const region = snappedRegion(SMALL_MODEL, pointMm, spacingMm);
        const back = regionPointMmOf(region, regionIndexOf(region, pointMm));
        back.forEach((mm, axis) => expect(mm).toBeCloseTo(pointMm[axis] ?? NaN, 9));
      }),
    );
  });

  test('its map to the volume agrees with the canonical frame in every orientation', () => {
    fc.assert(
      fc.property(anyAffine, anyReorientation, anyPointMm, (ijkToLps, reorientation, pointMm) => {
        const volume = reorientedVolume(
          syntheticVolume([9, 8, 7], ijkToLps, () => 0),
          reorientation,
        );
        const frame = canonicalFrameOf(volume.geometry);
        const region = snappedRegion(SMALL_MODEL, pointMm, 1.5);
        const indexIjk = applyAffine(regionToVolume(frame, region), regionIndexOf(region, pointMm));
        canonicalMmOf(frame, indexIjk).forEach((mm, axis) => expect(mm).toBeCloseTo(pointMm[axis] ?? NaN, 4));
      }),
    );
  });

  test('its box holds exactly the voxels whose centres lie in it', () => {
    fc.assert(
      fc.property(anyAffine, anyReorientation, anyPointMm, (ijkToLps, reorientation, pointMm) => {
        const volume = reorientedVolume(
          syntheticVolume([9, 8, 7], ijkToLps, () => 0),
          reorientation,
        );
        const frame = canonicalFrameOf(volume.geometry);
        const region = { ...snappedRegion(SMALL_MODEL, pointMm, 0.75), shapeIjk: [12, 11, 10] as const };
        const box = regionBoxInVolume(frame, region);
        const toRegion = invertAffine(regionToVolume(frame, region));
        const [columns, rows, slices] = volume.geometry.shapeIjk;
        let wrong = 0;
        for (let k = 0; k < slices; k++) {
          for (let j = 0; j < rows; j++) {
            for (let i = 0; i < columns; i++) {
              const indexIjk: Vector3 = [i, j, k];
              const boxed = indexIjk.every(
                (index, axis) => index >= (box.minIjk[axis] ?? 0) && index < (box.maxIjk[axis] ?? 0),
              );
              const regionIjk = applyAffine(toRegion, indexIjk);
              const within = isWithinRegion(region, regionIjk, -0.5 + 1e-6);
              const onEdge = within !== isWithinRegion(region, regionIjk, -0.5 - 1e-6);
              if (!onEdge && boxed !== within) wrong++;
            }
          }
        }
        expect(wrong).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('has a key of its own for another place, level, grid or series', () => {
    const volume = syntheticVolume([3, 3, 3], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], () => 0);
    const region = snappedRegion(SMALL_MODEL, [10, 10, 10], 3);
    const key = volumeFingerprintOf(volume);
    const keys = [
      regionKeyOf(key, region),
      regionKeyOf(key, { ...region, spacingMm: 1.5 }),
      regionKeyOf(key, { ...region, cornerIjk: [0, 0, 8] }),
      regionKeyOf(volumeFingerprintOf({ ...volume, slices: volume.slices.with(1, undefined) }), region),
      regionKeyOf(
        volumeFingerprintOf({ ...volume, series: { ...volume.series, seriesInstanceUID: '1' } }),
        region,
      ),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(regionKeyOf(volumeFingerprintOf({ ...volume }), { ...region })).toBe(keys[0]);
  });
});
