import { describe, expect, test } from '@jest/globals';
import { canonicalFrameOf } from '../domain/canonicalFrame.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { cropMask, type Mask } from '../domain/mask.ts';
import { snappedRegion } from '../domain/regionOfInterest.ts';
import { CoarseLevels } from './coarseLevels.ts';
import { noise, shape, straight } from './fixtures/ballPrediction.ts';
import { knownLogits } from './knownLogits.ts';
import { openScene } from './segmentationScene.ts';

const volume = syntheticVolume(shape, straight, noise);
const scene = openScene(volume, SMALL_MODEL, new CoarseLevels());

function maskOf(...indices: readonly (readonly [number, number, number])[]): Mask {
  const voxels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [i, j, k] of indices) voxels[(k * shape[1] + j) * shape[0] + i] = 1;
  return cropMask({ shapeIjk: shape, box: { minIjk: [0, 0, 0], maxIjk: shape }, voxels });
}

// 24 mm about the middle of the volume (128 × 128 × 120 mm)
const region = snappedRegion(SMALL_MODEL, [64, 64, 60], 0.75);

describe('what the model is told of a mask', () => {
  test('is where it lies in the region', () => {
    expect(canonicalFrameOf(volume.geometry)).toEqual(scene.frame);
    const told = knownLogits(scene, maskOf([32, 32, 20]), region);
    expect(told?.values.some(logit => logit > 0)).toBe(true);
  });

  test('is nothing where none of it does, although its pieces lie to both sides of the region', () => {
    expect(knownLogits(scene, maskOf([2, 2, 2], [60, 60, 38]), region)).toBeUndefined();
  });
});
