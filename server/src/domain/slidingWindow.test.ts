import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { FusedProbabilities } from './fusedProbabilities.ts';
import { voxelAt, type Mask } from './mask.ts';
import {
  levelShapeOf,
  MOST_PROBABILITIES,
  windowCorners,
  windowsOf,
  windowWeights,
} from './slidingWindow.ts';
import { softmax } from './softmax.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

function masksOf(fused: FusedProbabilities, geometry: VolumeGeometry, spacingMm: number): readonly Mask[] {
  const deciding = fused.masks(canonicalFrameOf(geometry), spacingMm, geometry.shapeIjk);
  let turn = deciding.next();
  while (turn.done !== true) turn = deciding.next();
  return turn.value;
}

describe('windows', () => {
  test('cover a level from end to end, evenly; a small one is in the middle of a single window', () => {
    expect(windowCorners(64, 64, 0.5)).toEqual([0]);
    expect(windowCorners(10, 64, 0.5)).toEqual([-27]);
    expect(windowCorners(65, 64, 0.5)).toEqual([0, 1]);
    expect(windowCorners(128, 64, 0.5)).toEqual([0, 32, 64]);
    expect(windowCorners(100, 64, 0)).toEqual([0, 36]);
    expect(windowsOf([65, 10, 64], 64, 0.5)).toEqual([
      [0, -27, 0],
      [1, -27, 0],
    ]);
  });

  test('count most in their middle, and everywhere a little', () => {
    const weights = windowWeights(8);
    expect(Math.max(...weights)).toBe(weights[3 * 64 + 3 * 8 + 3]);
    expect(weights[0]).toBeCloseTo(1e-3, 9);
  });
});

describe('probabilities of overlapping windows', () => {
  // 12 × 6 × 5 voxels of 1 × 1 × 2 mm, i to the right, k to the feet: the canonical frame flips both.
  const geometry: VolumeGeometry = {
    shapeIjk: [12, 6, 5],
    ijkToLps: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 1],
    frameOfReferenceUID: '1.2',
  };

  test('become the class of each voxel of the series, in the place where the windows saw it', () => {
    const shape = levelShapeOf(canonicalFrameOf(geometry), 2);
    expect(shape).toEqual([6, 3, 5]);
    const cube = 4;
    const fused = new FusedProbabilities(shape, cube, 3);
    for (const corner of windowsOf(shape, cube, 0.5)) {
      const window = new Float32Array(3 * cube ** 3);
      for (let n = 0; n < cube ** 3; n++) {
        const i = corner[0] + (n % cube);
        const k = corner[2] + Math.floor(n / cube ** 2);
        // To the left of the level's middle the first class, in its highest slice the second.
        const channel = k === 4 ? 2 : i >= 3 ? 1 : 0;
        window[channel * cube ** 3 + n] = 1;
      }
      fused.add(corner, window);
    }
    const [first, second] = masksOf(fused, geometry, 2);
    for (let i = 0; i < 12; i++) {
      for (let k = 0; k < 5; k++) {
        expect([voxelAt(first!, i, 2, k), voxelAt(second!, i, 2, k)]).toEqual(
          k === 0 ? [0, 1] : [i < 6 ? 1 : 0, 0],
        );
      }
    }
  });

  test('that are equal leave a voxel to the background', () => {
    const fused = new FusedProbabilities([6, 3, 5], 8, 2);
    fused.add([-1, -3, -2], new Float32Array(2 * 8 ** 3).fill(0.5));
    expect(masksOf(fused, geometry, 2).map(({ voxels }) => voxels.length)).toEqual([0]);
  });
});

// What the training code computes for the same input: a task is judged there as it is run here.
const kji = z.tuple([z.number(), z.number(), z.number()]);
const vectors = z
  .object({
    starts: z
      .array(z.object({ length: z.int(), cube: z.int(), overlap: z.number(), starts: z.array(z.int()) }))
      .min(1),
    mostProbabilities: z.int(),
    weights: z.array(z.object({ cube: z.int(), at: z.array(kji), values: z.array(z.number()) })).min(1),
    segmentations: z
      .array(
        z.object({
          ...{ title: z.string(), shapeKji: kji, spacingMmKji: kji, spacingMm: z.number() },
          ...{ cube: z.int(), overlap: z.number(), channels: z.int(), seed: z.int() },
          labelmap: z.array(z.int()),
        }),
      )
      .min(1),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../models/tests/vectors/sliding_window.json', import.meta.url), 'utf8'),
    ),
  );

function generatedLogits(seed: number, count: number): Float32Array {
  let state = BigInt(seed);
  return Float32Array.from({ length: count }, () => {
    state = (1664525n * state + 1013904223n) % 2n ** 32n;
    return ((Number(state >> 16n) % 2000) - 1000) / 500;
  });
}

describe('shared with the training code', () => {
  test.each(vectors.starts)('windows of $cube in $length voxels', ({ length, cube, overlap, starts }) => {
    expect(windowCorners(length, cube, overlap)).toEqual(starts);
  });

  test('what a server has room for is what plans need at most', () => {
    expect(MOST_PROBABILITIES).toBe(vectors.mostProbabilities);
  });

  test.each(vectors.weights)('weights of a window of $cube', ({ cube, at, values }) => {
    const weights = windowWeights(cube);
    at.forEach(([k, j, i], n) => expect(weights[(k * cube + j) * cube + i]).toBeCloseTo(values[n]!, 7));
  });

  test.each(vectors.segmentations)('segmentation: $title', vector => {
    const { spacingMm, cube, overlap, channels, seed, labelmap } = vector;
    const [slices, rows, columns] = vector.shapeKji;
    const [dk, dj, di] = vector.spacingMmKji;
    const geometry: VolumeGeometry = {
      shapeIjk: [columns, rows, slices],
      ijkToLps: [di, 0, 0, 0, 0, dj, 0, 0, 0, 0, dk, 0, 0, 0, 0, 1],
      frameOfReferenceUID: '1.2',
    };
    const shape = levelShapeOf(canonicalFrameOf(geometry), spacingMm);
    const fused = new FusedProbabilities(shape, cube, channels);
    for (const [n, corner] of windowsOf(shape, cube, overlap).entries()) {
      fused.add(corner, softmax(generatedLogits(seed + n, channels * cube ** 3), channels));
    }
    const found = new Array<number>(labelmap.length).fill(0);
    masksOf(fused, geometry, spacingMm).forEach((mask, place) => {
      for (let at = 0; at < found.length; at++) {
        const row = Math.floor(at / columns);
        if (voxelAt(mask, at % columns, row % rows, Math.floor(row / rows)) === 1) found[at] = place + 1;
      }
    });
    expect(found).toEqual(labelmap);
  });
});
