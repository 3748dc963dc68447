import { describe, expect, test } from '@jest/globals';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { EMPTY_BOX } from './indexBox.ts';
import { snappedRegion } from './regionOfInterest.ts';
import { finestSpacingMm, startRegion, targetRegion } from './zoom.ts';

// Cubes of 32 voxels: 96, 48 and 24 mm wide.
const cubeFrame = (sideMm: number) =>
  canonicalFrameOf({
    shapeIjk: [sideMm, 10, 10],
    ijkToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    frameOfReferenceUID: '1',
  });

describe('zoom', () => {
  test('starts with the finest level that holds the volume, or the coarsest', () => {
    const level = (sideMm: number) => startRegion(SMALL_MODEL, cubeFrame(sideMm), [5, 5, 5]).spacingMm;
    expect([24, 25, 48, 49, 96, 97, 500].map(level)).toEqual([0.75, 1.5, 1.5, 3, 3, 3, 3]);
  });

  test('the finest level wide enough', () => {
    expect([0, 24, 24.1, 48, 48.1, 1000].map(side => finestSpacingMm(SMALL_MODEL, side))).toEqual([
      0.75, 0.75, 1.5, 1.5, 3, 3,
    ]);
  });

  test('a small structure is looked at closely, centred on its box', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    // 10 voxels of 3 mm: 30 mm × 1.5 fit into 48 mm.
    const found = { minIjk: [10, 12, 12], maxIjk: [20, 18, 18] } as const;
    expect(targetRegion(SMALL_MODEL, start, found, [45, 45, 45])).toEqual(
      snappedRegion(SMALL_MODEL, [45, 45, 45], 1.5),
    );
  });

  test('a large structure stays in the first look', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    const found = { minIjk: [10, 12, 12], maxIjk: [21, 18, 18] } as const;
    expect(targetRegion(SMALL_MODEL, start, found, [45, 45, 45])).toBe(start);
  });

  test('a click near the border of the closer look becomes its centre', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    const found = { minIjk: [10, 12, 12], maxIjk: [20, 18, 18] } as const;
    const click = [45, 45, 66] as const;
    expect(targetRegion(SMALL_MODEL, start, found, click)).toEqual(snappedRegion(SMALL_MODEL, click, 1.5));
  });

  test('where nothing was found, the click is looked at as closely as can be', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    expect(targetRegion(SMALL_MODEL, start, EMPTY_BOX, [40, 41, 42])).toEqual(
      snappedRegion(SMALL_MODEL, [40, 41, 42], 0.75),
    );
  });
});
