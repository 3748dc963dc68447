import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyAffine, invertAffine, type Vector3 } from './affine.ts';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { nearestComponent } from './connectedComponents.ts';
import { anyAffine, anyFlip, anyReorientation, denseVoxels } from './fixtures/arbitraries.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { originalIndexOf, reorientedVolume, syntheticVolume } from './fixtures/syntheticVolume.ts';
import { countVoxels, voxelAt } from './mask.ts';
import {
  logitsFromMask,
  logitsWithin,
  maskFromLogits,
  thresholdLogits,
  type Logits,
} from './maskFromLogits.ts';
import { isWithinRegion, regionToVolume, snappedRegion, type Region } from './regionOfInterest.ts';

/** Logits of a lumpy ball, on a grid that may be coarser than the region. */
function lumpyBall(shapeIjk: Vector3, centre: Vector3, radius: number): Logits {
  const values = new Float32Array(shapeIjk[0] * shapeIjk[1] * shapeIjk[2]);
  let at = 0;
  for (let k = 0; k < shapeIjk[2]; k++) {
    for (let j = 0; j < shapeIjk[1]; j++) {
      for (let i = 0; i < shapeIjk[0]; i++) {
        const distance = Math.hypot(i - centre[0], j - centre[1], k - centre[2]);
        values[at++] = radius - distance + Math.sin(i * 1.3 + j * 0.7 + k * 2.1);
      }
    }
  }
  return { shapeIjk, values };
}

/** Trilinear, edge to edge, one voxel at a time. */
function logitAt(logits: Logits, region: Region, regionIjk: Vector3): number {
  const corners = ([0, 1, 2] as const).map(axis => {
    const size = logits.shapeIjk[axis];
    const place = ((regionIjk[axis] + 0.5) * size) / region.shapeIjk[axis] - 0.5;
    const clamped = Math.min(size - 1, Math.max(0, place));
    const below = Math.min(size - 2, Math.floor(clamped));
    return [
      { index: below, weight: 1 - (clamped - below) },
      { index: below + 1, weight: clamped - below },
    ];
  });
  let sum = 0;
  for (const k of corners[2] ?? []) {
    for (const j of corners[1] ?? []) {
      for (const i of corners[0] ?? []) {
        const at = (k.index * logits.shapeIjk[1] + j.index) * logits.shapeIjk[0] + i.index;
        sum += i.weight * j.weight * k.weight * (logits.values[at] ?? NaN);
      }
    }
  }
  return sum;
}

const anyBall = fc.record({
  shape: fc.constantFrom<Vector3>([32, 32, 32], [16, 16, 16], [8, 16, 32]),
  radius: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
});

function logitsOf({ shape, radius }: { shape: Vector3; radius: number }): Logits {
  return lumpyBall(shape, [shape[0] * 0.4, shape[1] * 0.5, shape[2] * 0.6], radius * shape[0]);
}

describe('logits within a mask', () => {
  test('stay as they are in it and say no elsewhere', () => {
    const values = new Float32Array(8 * 4 * 2).fill(-0.5);
    values[1 + 8] = 2;
    values[6 + 8] = 3;
    const logits: Logits = { shapeIjk: [8, 4, 2], values };
    const one = nearestComponent(thresholdLogits(logits, 0), [6, 1, 0]);
    const within = logitsWithin(logits, one);
    expect(within.values[6 + 8]).toBe(3);
    expect(within.values[1 + 8]).toBeLessThan(-5);
    expect(countVoxels(thresholdLogits(within, 0))).toBe(1);
    expect(within.values).toHaveLength(values.length);
  });
});

describe('mask from logits', () => {
  test('is trilinear interpolation at every voxel of the region, in every orientation', () => {
    fc.assert(
      fc.property(anyAffine, anyReorientation, anyBall, (ijkToLps, reorientation, ball) => {
        const logits = logitsOf(ball);
        const { geometry } = reorientedVolume(
          syntheticVolume([15, 13, 11], ijkToLps, () => 0),
          reorientation,
        );
        const frame = canonicalFrameOf(geometry);
        const region = snappedRegion(SMALL_MODEL, [16, 16, 16], 0.75);
        const mask = maskFromLogits(logits, 0, region, frame, geometry.shapeIjk);
        const toRegion = invertAffine(regionToVolume(frame, region));
        const [columns, rows, slices] = geometry.shapeIjk;
        let wrong = 0;
        for (let k = 0; k < slices; k++) {
          for (let j = 0; j < rows; j++) {
            for (let i = 0; i < columns; i++) {
              const regionIjk = applyAffine(toRegion, [i, j, k]);
              const logit = logitAt(logits, region, regionIjk);
              const expected = isWithinRegion(region, regionIjk, -0.5) && logit > 0 ? 1 : 0;
              const onEdge =
                isWithinRegion(region, regionIjk, -0.5 - 1e-6) !==
                isWithinRegion(region, regionIjk, -0.5 + 1e-6);
              const tooClose = onEdge || Math.abs(logit) < 1e-4;
              if (!tooClose && voxelAt(mask, i, j, k) !== expected) wrong++;
            }
          }
        }
        expect(wrong).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('a flipped volume gets exactly the flipped mask', () => {
    fc.assert(
      fc.property(anyAffine, anyFlip, anyBall, (ijkToLps, flip, ball) => {
        const logits = logitsOf(ball);
        const volume = syntheticVolume([15, 13, 11], ijkToLps, () => 0);
        const copy = reorientedVolume(volume, flip);
        const region = snappedRegion(SMALL_MODEL, [16, 16, 16], 0.75);
        const maskIn = (geometry: typeof volume.geometry) =>
          maskFromLogits(logits, 0, region, canonicalFrameOf(geometry), geometry.shapeIjk);
        const original = maskIn(volume.geometry);
        const flipped = maskIn(copy.geometry);
        const wrong = denseVoxels(flipped).filter((voxel, at) => {
          const copyIjk: Vector3 = [at % 15, Math.floor(at / 15) % 13, Math.floor(at / 195)];
          return voxel !== voxelAt(original, ...originalIndexOf(copyIjk, [15, 13, 11], flip));
        });
        expect(wrong).toHaveLength(0);
      }),
      { numRuns: 40 },
    );
  });

  test('nothing beyond the threshold is an empty mask', () => {
    const volume = syntheticVolume([4, 4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], () => 0);
    const logits: Logits = { shapeIjk: [32, 32, 32], values: new Float32Array(32 ** 3).fill(0.5) };
    const region = snappedRegion(SMALL_MODEL, [2, 2, 2], 0.75);
    const frame = canonicalFrameOf(volume.geometry);
    expect(maskFromLogits(logits, 0.5, region, frame, [4, 4, 4]).voxels).toHaveLength(0);
    expect(maskFromLogits(logits, 0.4, region, frame, [4, 4, 4]).voxels).toHaveLength(64);
  });

  test('a mask told to the model and read back is the mask, where the region is as fine as the volume', () => {
    fc.assert(
      fc.property(anyReorientation, reorientation => {
        const spaced = [0.75, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 1] as const;
        const volume = reorientedVolume(
          syntheticVolume([20, 18, 16], spaced, () => 0),
          reorientation,
        );
        const { shapeIjk } = volume.geometry;
        const frame = canonicalFrameOf(volume.geometry);
        const region: Region = { spacingMm: 0.75, cornerIjk: [-8, -8, -8], shapeIjk: [32, 32, 32] };
        const mask = maskFromLogits(lumpyBall([32, 32, 32], [16, 16, 16], 5), 0, region, frame, shapeIjk);
        const told = logitsFromMask(mask, region, frame, [32, 32, 32], 6);
        expect(told.values.every(logit => Math.abs(logit) === 6)).toBe(true);
        const readBack = maskFromLogits(told, 0, region, frame, shapeIjk);
        expect(readBack.box).toEqual(mask.box);
        expect(Buffer.compare(readBack.voxels, mask.voxels)).toBe(0);
        expect(countVoxels(thresholdLogits(told, 0))).toBe(countVoxels(mask));
      }),
      { numRuns: 30 },
    );
  });
});
