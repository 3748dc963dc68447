import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, affineFromColumns, scale } from './affine.ts';
import { canonicalFrameOf, canonicalMmOf, extentMmOf } from './canonicalFrame.ts';
import { anyAffine, anyReorientation } from './fixtures/arbitraries.ts';
import { originalIndexOf, reorientedVolume, syntheticVolume } from './fixtures/syntheticVolume.ts';
import { indexIjkOf, pointLpsOf } from './volumeGeometry.ts';

describe('canonical frame', () => {
  test('names the patient directions of a sagittal volume', () => {
    // Columns to the back, rows to the feet, slices to the right.
    const ijkToLps = affineFromColumns([0, 0.5, 0], [0, 0, -0.6], [-4, 0, 0], [0, 0, 0]);
    const frame = canonicalFrameOf({ shapeIjk: [10, 20, 5], ijkToLps, frameOfReferenceUID: '1' });
    expect(frame).toEqual([
      { volumeAxis: 2, flipped: true, length: 5, spacingMm: 4 },
      { volumeAxis: 0, flipped: false, length: 10, spacingMm: 0.5 },
      { volumeAxis: 1, flipped: true, length: 20, spacingMm: 0.6 },
    ]);
    expect(extentMmOf(frame)).toEqual([20, 5, 12]);
    expect(canonicalMmOf(frame, [-0.5, 19.5, 4.5])).toEqual([0, 0, 0]);
  });

  test('sees one image the same however its axes are stored', () => {
    fc.assert(
      fc.property(anyAffine, anyReorientation, (ijkToLps, reorientation) => {
        const volume = syntheticVolume([6, 5, 4], ijkToLps, () => 0);
        const copy = reorientedVolume(volume, reorientation);
        const copyIjk = [1, 2, 3] as const;
        const originalIjk = originalIndexOf(copyIjk, [6, 5, 4], reorientation);
        const mm = canonicalMmOf(canonicalFrameOf(volume.geometry), originalIjk);
        const pointLps = pointLpsOf(volume.geometry, originalIjk);
        const copyMm = canonicalMmOf(canonicalFrameOf(copy.geometry), indexIjkOf(copy.geometry, pointLps));
        copyMm.forEach((value, axis) => expect(value).toBeCloseTo(mm[axis] ?? NaN, 9));
      }),
    );
  });

  test('moves towards left, back and head', () => {
    fc.assert(
      fc.property(anyAffine, anyReorientation, (ijkToLps, reorientation) => {
        const { geometry } = reorientedVolume(
          syntheticVolume([6, 5, 4], ijkToLps, () => 0),
          reorientation,
        );
        const frame = canonicalFrameOf(geometry);
        const middle = pointLpsOf(geometry, [1, 1, 1]);
        for (const axis of [0, 1, 2] as const) {
          const step = [0, 0, 0];
          step[axis] = 1;
          const [x = 0, y = 0, z = 0] = step;
          const moved = indexIjkOf(geometry, add(middle, scale([x, y, z], 0.1)));
          const before = canonicalMmOf(frame, [1, 1, 1])[axis];
          expect(canonicalMmOf(frame, moved)[axis]).toBeGreaterThan(before);
        }
      }),
    );
  });
});
