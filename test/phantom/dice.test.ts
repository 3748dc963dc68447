import { describe, expect, test } from '@jest/globals';
import type { Mask } from '../../server/src/domain/mask.ts';
import type { VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { deepestPoint } from './deepestPoint.ts';
import { dice } from './dice.ts';

const cube = (low: number, high: number): Mask => ({
  shapeIjk: [10, 9, 8],
  box: { minIjk: [low, low, low], maxIjk: [high, high, high] },
  voxels: new Uint8Array((high - low) ** 3).fill(1),
});

const GEOMETRY: VolumeGeometry = {
  shapeIjk: [10, 9, 8],
  ijkToLps: [1, 0, 0, 100, 0, 1, 0, 200, 0, 0, 1, 300, 0, 0, 0, 1],
  frameOfReferenceUID: '1.2',
};

describe('dice', () => {
  test('is 1 for equal masks and 0 for masks apart', () => {
    expect(dice(cube(1, 4), cube(1, 4))).toBe(1);
    expect(dice(cube(1, 4), cube(5, 8))).toBe(0);
  });

  test('is the share that two cubes have in common', () => {
    expect(dice(cube(0, 4), cube(2, 6))).toBeCloseTo((2 * 8) / (64 + 64));
  });

  test('does not depend on how large the boxes are', () => {
    const small = cube(2, 4);
    const voxels = new Uint8Array(512);
    for (let n = 0; n < 512; n++) {
      const inside = [n % 8, (n >> 3) % 8, n >> 6].every(at => at >= 2 && at < 4);
      voxels[n] = inside ? 1 : 0;
    }
    const padded: Mask = { ...small, box: { minIjk: [0, 0, 0], maxIjk: [8, 8, 8] }, voxels };
    expect(dice(small, padded)).toBe(1);
  });
});

describe('deepestPoint', () => {
  test('is the middle of a cube, with the depth in mm', () => {
    expect(deepestPoint(cube(1, 6), GEOMETRY)).toEqual({ pointLps: [103, 203, 303], depthMm: 3 });
  });

  test('is undefined for an empty mask', () => {
    const empty: Mask = { ...cube(1, 3), voxels: new Uint8Array(8) };
    expect(deepestPoint(empty, GEOMETRY)).toBeUndefined();
  });
});
