import { describe, expect, test } from '@jest/globals';
import type { Vector3 } from './affine.ts';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { FusedProbabilities } from './fusedProbabilities.ts';
import { voxelAt } from './mask.ts';
import { levelShapeOf } from './slidingWindow.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

const CUBE = 16;
/** 1 mm apart, then 3 mm: slice edges at 0, 1, 2, 4, 7, 10 mm. */
const UNEVEN: VolumeGeometry = {
  shapeIjk: [4, 4, 5],
  ijkToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
  frameOfReferenceUID: '1.2.3',
  slicePlaces: [0, 0.5, 1, 2.5, 4],
};

describe('classes over a whole volume', () => {
  test('lie at the true positions of slices that are not evenly spaced', () => {
    const frame = canonicalFrameOf(UNEVEN);
    const levelShapeIjk = levelShapeOf(frame, 1);
    const fused = new FusedProbabilities(levelShapeIjk, CUBE, 2);
    const corner: Vector3 = [0, 0, 0];
    fused.add(corner, classAbove(4));
    const deciding = fused.masks(frame, 1, UNEVEN.shapeIjk);
    let turn = deciding.next();
    while (turn.done !== true) turn = deciding.next();
    const [mask] = turn.value;
    // Centres at 0.5, 1.5, 2.5, 5.5 and 8.5 mm.
    expect([0, 1, 2, 3, 4].map(k => mask && voxelAt(mask, 1, 1, k))).toEqual([0, 0, 0, 1, 1]);
  });
});

/** Probabilities (2, K, J, I) at 1 mm: the class lies above a height. */
function classAbove(heightMm: number): Float32Array {
  const probabilities = new Float32Array(2 * CUBE ** 3);
  for (let at = 0; at < CUBE ** 3; at++) {
    const isAbove = Math.floor(at / CUBE ** 2) + 0.5 > heightMm;
    probabilities[isAbove ? CUBE ** 3 + at : at] = 1;
  }
  return probabilities;
}
