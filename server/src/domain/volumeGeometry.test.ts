import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { affineFromColumns } from './affine.ts';
import {
  containsIndex,
  indexIjkOf,
  pointLpsOf,
  sameGeometry,
  spacingMmOf,
  voxelCountOf,
  voxelVolumeMl,
  type VolumeGeometry,
} from './volumeGeometry.ts';

const oblique: VolumeGeometry = {
  shapeIjk: [4, 5, 6],
  // Rows at 36.87° in the axial plane, a tilted third axis.
  ijkToLps: affineFromColumns([0.4, 0.3, 0], [-0.6, 0.8, 0], [0, 0.5, 2], [-10, 20, 30]),
  frameOfReferenceUID: '1.2.3',
};

function shifted(geometry: VolumeGeometry, mm: number): VolumeGeometry {
  const ijkToLps = [...geometry.ijkToLps] as unknown as typeof geometry.ijkToLps;
  return { ...geometry, ijkToLps: Object.assign(ijkToLps, { 3: ijkToLps[3] + mm }) };
}

describe('volumeGeometry', () => {
  test('spacing is the length of a step along each axis', () => {
    const [i, j, k] = spacingMmOf(oblique);
    expect(i).toBeCloseTo(0.5, 12);
    expect(j).toBeCloseTo(1, 12);
    expect(k).toBeCloseTo(Math.hypot(0.5, 2), 12);
  });

  test('a tilted voxel has the volume of its base times its height', () => {
    expect(voxelVolumeMl(oblique)).toBeCloseTo((0.5 * 1 * 2) / 1000, 15);
    expect(voxelCountOf(oblique)).toBe(120);
  });

  test('index and position lead to each other', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(3), fc.nat(4), fc.nat(5)), index => {
        const back = indexIjkOf(oblique, pointLpsOf(oblique, index));
        back.forEach((value, axis) => expect(value).toBeCloseTo(index[axis] ?? NaN, 9));
      }),
    );
  });

  test('a voxel reaches half a voxel around its centre, edges included', () => {
    expect(containsIndex(oblique, [-0.5, -0.5, -0.5])).toBe(true);
    expect(containsIndex(oblique, [3.5, 4.5, 5.5])).toBe(true);
    expect(containsIndex(oblique, [-0.51, 0, 0])).toBe(false);
    expect(containsIndex(oblique, [0, 4.51, 0])).toBe(false);
    expect(containsIndex(oblique, [0, 0, 5.51])).toBe(false);
    expect(containsIndex(oblique, [NaN, 0, 0])).toBe(false);
  });

  test('geometries within a ten-thousandth of a millimetre are the same, others are not', () => {
    expect(sameGeometry(oblique, shifted(oblique, 0.5e-4))).toBe(true);
    expect(sameGeometry(oblique, shifted(oblique, 2e-4))).toBe(false);
    expect(sameGeometry(oblique, { ...oblique, frameOfReferenceUID: '1.2.4' })).toBe(false);
    expect(sameGeometry(oblique, { ...oblique, shapeIjk: [4, 5, 7] })).toBe(false);
  });
});
