import { describe, expect, test } from '@jest/globals';
import { EMPTY_BOX, type IndexBox } from './indexBox.ts';
import type { NormalisationChannel } from './modelManifest.ts';
import { normaliseRegion } from './normalisation.ts';

const wide: NormalisationChannel = { percentiles: [0, 100], stride: 1, centralThird: false, widen: 1 };
const central: NormalisationChannel = { percentiles: [5, 95], stride: 1, centralThird: true, widen: 1.6 };
const everything: IndexBox = { minIjk: [0, 0, 0], maxIjk: [6, 6, 6] };

function ramp(): Float32Array {
  return Float32Array.from({ length: 216 }, (_, at) => at);
}

function normalise(channels: readonly NormalisationChannel[], insideBox: IndexBox): Float32Array {
  return normaliseRegion({ shapeIjk: [6, 6, 6], values: ramp(), insideBox }, channels);
}

describe('normalisation', () => {
  test('maps the window to −1 … 1', () => {
    const image = normalise([wide], everything);
    expect([image[0], image[215]]).toEqual([-1, 1]);
    expect(image[100]).toBeCloseTo((100 / 215) * 2 - 1, 6);
  });

  test('interpolates percentiles linearly and clips beyond them', () => {
    const image = normalise([{ ...wide, percentiles: [10, 90] }], everything);
    // numpy.percentile(range(216), [10, 90]) = 21.5, 193.5
    expect(image[21]).toBe(-1);
    expect(image[22]).toBeCloseTo((22 - 107.5) / 86, 6);
    expect(image[194]).toBe(1);
  });

  test('takes every stride-th voxel by its place in the whole cube, leaving out those outside', () => {
    const insideBox: IndexBox = { minIjk: [2, 0, 0], maxIjk: [6, 6, 6] };
    const image = normalise([{ ...wide, stride: 7 }], insideBox);
    const sampled = [...ramp()].filter(at => at % 7 === 0 && at % 6 >= 2);
    const [low, high] = [Math.min(...sampled), Math.max(...sampled)];
    expect(image[100]).toBeCloseTo((100 - (low + high) / 2) / ((high - low) / 2), 6);
  });

  test('looks at the central third where asked', () => {
    const image = normalise([wide, central], everything).subarray(216);
    // The central third holds 86, 87, 92, 93, 122, 123, 128, 129: numpy's 5th and 95th percentiles.
    const [low, high] = [86.35, 128.65];
    expect(image[110]).toBeCloseTo((110 - (low + high) / 2) / (((high - low) / 2) * 1.6), 5);
  });

  test('is −1 outside the volume', () => {
    const insideBox: IndexBox = { minIjk: [0, 0, 3], maxIjk: [6, 6, 6] };
    const image = normalise([wide, central], insideBox);
    expect(image.subarray(0, 108).every(value => value === -1)).toBe(true);
    expect(image.subarray(109, 216).some(value => value === -1)).toBe(false);
    expect(image.subarray(216, 324).every(value => value === -1)).toBe(true);
  });

  test('a centre outside the volume is seen through the first window', () => {
    const image = normalise([wide, central], { minIjk: [0, 0, 4], maxIjk: [6, 6, 6] });
    expect(image.subarray(216)).toEqual(image.subarray(0, 216));
  });

  test('a flat image is finite, an absent one −1 throughout', () => {
    const flat = {
      shapeIjk: [6, 6, 6] as const,
      values: new Float32Array(216).fill(7),
      insideBox: everything,
    };
    expect([...new Set(normaliseRegion(flat, [wide, central]))]).toEqual([0]);
    expect([...new Set(normalise([wide, central], EMPTY_BOX))]).toEqual([-1]);
  });
});
