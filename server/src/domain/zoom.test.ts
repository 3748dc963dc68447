import { describe, expect, test } from '@jest/globals';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { EMPTY_BOX } from './indexBox.ts';
import { snappedRegion } from './regionOfInterest.ts';
import { finestSpacingMm, fittedRegion, lookRegions } from './zoom.ts';

// Cubes of 32 voxels: 96, 48 and 24 mm wide.
const cubeFrame = (sideMm: number) =>
  canonicalFrameOf({
    shapeIjk: [sideMm, 10, 10],
    ijkToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    frameOfReferenceUID: '1',
  });

describe('zoom', () => {
  test('looks first with the finest cube that holds the volume, or the coarsest, and then closer', () => {
    const levels = (sideMm: number) =>
      lookRegions(SMALL_MODEL, cubeFrame(sideMm), [5, 5, 5]).map(({ spacingMm }) => spacingMm);
    expect(levels(500)).toEqual([3, 1.5]);
    expect(levels(49)).toEqual([3, 1.5]);
    expect(levels(48)).toEqual([1.5, 0.75]);
    expect(levels(24)).toEqual([0.75]);
    const zoom = { ...SMALL_MODEL.zoom, levelsBetweenLooks: 2 };
    const apart = lookRegions({ ...SMALL_MODEL, zoom }, cubeFrame(500), [5, 5, 5]);
    expect(apart).toEqual([3, 0.75].map(spacingMm => snappedRegion(SMALL_MODEL, [5, 5, 5], spacingMm)));
  });

  test('never much closer than the voxels', () => {
    const frame = canonicalFrameOf({
      shapeIjk: [50, 50, 50],
      ijkToLps: [2.5, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
      frameOfReferenceUID: '1',
    });
    const zoom = { ...SMALL_MODEL.zoom, looks: 3 };
    const levels = (model: typeof SMALL_MODEL) =>
      lookRegions(model, frame, [5, 5, 5]).map(({ spacingMm }) => spacingMm);
    expect(levels({ ...SMALL_MODEL, zoom })).toEqual([3, 1.5]);
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
    expect(fittedRegion(SMALL_MODEL, start, found, [45, 45, 45])).toEqual(
      snappedRegion(SMALL_MODEL, [45, 45, 45], 1.5),
    );
  });

  test('a structure that fits the look stays in it, unless it comes too near to its border', () => {
    const look = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    const found = { minIjk: [10, 12, 12], maxIjk: [21, 18, 18] } as const;
    expect(fittedRegion(SMALL_MODEL, look, found, [45, 45, 45])).toBe(look);
    const atBorder = { minIjk: [3, 12, 12], maxIjk: [20, 18, 18] } as const;
    expect(fittedRegion(SMALL_MODEL, look, atBorder, [36, 45, 45])).toEqual(
      snappedRegion(SMALL_MODEL, [34.5, 45, 45], 3),
    );
  });

  test('a structure that fills a close look is looked at from farther away', () => {
    const look = snappedRegion(SMALL_MODEL, [48, 48, 48], 1.5);
    const found = { minIjk: [0, 0, 0], maxIjk: [32, 32, 32] } as const;
    expect(fittedRegion(SMALL_MODEL, look, found, [48, 48, 48]).spacingMm).toBe(3);
  });

  test('a click near the border of the closer look becomes its centre', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    const found = { minIjk: [10, 12, 12], maxIjk: [20, 18, 18] } as const;
    const click = [45, 45, 66] as const;
    expect(fittedRegion(SMALL_MODEL, start, found, click)).toEqual(snappedRegion(SMALL_MODEL, click, 1.5));
  });

  test('where nothing was found, the click is looked at as closely as can be', () => {
    const start = snappedRegion(SMALL_MODEL, [48, 48, 48], 3);
    expect(fittedRegion(SMALL_MODEL, start, EMPTY_BOX, [40, 41, 42])).toEqual(
      snappedRegion(SMALL_MODEL, [40, 41, 42], 0.75),
    );
  });
});
