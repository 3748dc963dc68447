import { describe, expect, test } from '@jest/globals';
import { canonicalFrameOf } from '../domain/canonicalFrame.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { snappedRegion } from '../domain/regionOfInterest.ts';
import { sampleRegion } from '../domain/resample.ts';
import type { Volume } from '../domain/volume.ts';
import { CoarseLevels } from './coarseLevels.ts';

// 100 × 100 × 100 mm of 0.5 mm voxels: the level of 3 mm reads all eight million, that of 1.5 mm under one.
const base = syntheticVolume(
  [200, 200, 200],
  [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1],
  () => 0,
);
const always = new AbortController().signal;

/** Tells afterwards whether its voxels were read. */
function watched(): { volume: Volume; wasRead: () => boolean } {
  let read = false;
  const volume = {
    ...base,
    get values() {
      read = true;
      return base.values;
    },
  };
  return {
    volume,
    wasRead: () => {
      const before = read;
      read = false;
      return before;
    },
  };
}

describe('coarse levels', () => {
  test('serve the wide regions without the volume, the close ones from it, with the same voxels', async () => {
    const { volume, wasRead } = watched();
    const frame = canonicalFrameOf(volume.geometry);
    const levels = new CoarseLevels();
    const wide = snappedRegion(SMALL_MODEL, [50, 50, 50], 3);
    const close = snappedRegion(SMALL_MODEL, [50, 50, 50], 1.5);
    const before = levels.sample(volume, frame, wide);
    expect(wasRead()).toBe(true);
    await levels.prepare(volume, SMALL_MODEL, always);
    wasRead();
    expect(levels.sample(volume, frame, wide)).toEqual(before);
    expect(wasRead()).toBe(false);
    expect(levels.sample(volume, frame, close)).toEqual(sampleRegion(base, frame, close));
    expect(wasRead()).toBe(true);
  });

  test('are made once', async () => {
    const { volume, wasRead } = watched();
    const levels = new CoarseLevels();
    await levels.prepare(volume, SMALL_MODEL, always);
    wasRead();
    await levels.prepare(volume, SMALL_MODEL, always);
    expect(wasRead()).toBe(false);
  });

  test('are given up between two turns', async () => {
    const { volume, wasRead } = watched();
    const controller = new AbortController();
    const levels = new CoarseLevels();
    const preparing = levels.prepare(volume, SMALL_MODEL, controller.signal);
    controller.abort();
    await expect(preparing).rejects.toMatchObject({ code: 'cancelled' });
    wasRead();
    levels.sample(volume, canonicalFrameOf(volume.geometry), snappedRegion(SMALL_MODEL, [50, 50, 50], 3));
    expect(wasRead()).toBe(true);
  });
});
