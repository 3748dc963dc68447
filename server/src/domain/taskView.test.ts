import { describe, expect, test } from '@jest/globals';
import type { RegionSamples } from './resample.ts';
import { AS_IT_IS, COPIES, viewedPlan, viewedSamples, viewedWindows } from './taskView.ts';

const PLAN = { spacingMm: 2, cubeVoxels: 16, overlap: 0.5 };

describe('the windows of a copy', () => {
  test('lie as always where nothing is shifted', () => {
    expect(viewedWindows([16, 10, 24], PLAN, AS_IT_IS)).toEqual([
      [0, -3, 0],
      [0, -3, 8],
    ]);
  });

  test.each(COPIES)('see every voxel of the level: %j', view => {
    const shape = [16, 10, 25] as const;
    const corners = viewedWindows(shape, PLAN, view);
    for (const axis of [0, 1, 2] as const) {
      for (let at = 0; at < shape[axis]; at++) {
        expect(corners.some(corner => corner[axis] <= at && at < corner[axis] + PLAN.cubeVoxels)).toBe(true);
      }
    }
  });

  test('lie elsewhere in a shifted copy, and have larger voxels in a smaller one', () => {
    const asAlways = viewedWindows([40, 40, 40], PLAN, AS_IT_IS);
    for (const shift of [1 / 8, -1 / 8]) {
      expect(viewedWindows([40, 40, 40], PLAN, { ...AS_IT_IS, shift })).not.toEqual(asAlways);
    }
    expect(viewedPlan(PLAN, { ...AS_IT_IS, zoom: 1.5 })).toEqual({ ...PLAN, spacingMm: 3 });
  });
});

describe('the contrast of a copy', () => {
  const samples: RegionSamples = {
    shapeIjk: [101, 1, 1],
    values: Float32Array.from({ length: 101 }, (_, n) => n),
    insideBox: { minIjk: [0, 0, 0], maxIjk: [101, 1, 1] },
  };

  test('changes between the 1st and the 99th percentile along a curve that rises', () => {
    // Every third of 0 … 99: percentiles 0.99 and 98.01.
    const { values } = viewedSamples(samples, { ...AS_IT_IS, gamma: 2 });
    expect(values[0]).toBeCloseTo(0.99, 4);
    expect(values[50]).toBeCloseTo(0.99 + 97.02 * ((50 - 0.99) / 97.02) ** 2, 3);
    for (let n = 2; n < 100; n++) expect(values[n]).toBeGreaterThan(values[n - 1]!);
  });

  test('stays where nothing is to be changed, and where the window lies beyond the volume', () => {
    expect(viewedSamples(samples, AS_IT_IS)).toBe(samples);
    const beyond = { ...samples, insideBox: { minIjk: [0, 0, 0], maxIjk: [0, 0, 0] } } as const;
    expect(viewedSamples(beyond, { ...AS_IT_IS, gamma: 2 })).toBe(beyond);
  });
});
