import { expect, test } from '@jest/globals';
import type { Affine } from './affine.ts';
import { syntheticVolume } from './fixtures/syntheticVolume.ts';
import { volumeKeyOf } from './volumeKey.ts';

const AFFINE: Affine = [2, 0, 0, -60, 0, 2, 0, -50, 0, 0, 3, 700, 0, 0, 0, 1];
const volume = syntheticVolume([64, 64, 40], AFFINE, (_, [i, j, k]) => i + j + k);

test('the same images read anew have the same key', () => {
  const again = { ...volume, values: Int16Array.from(volume.values) };
  expect(volumeKeyOf(again)).toBe(volumeKeyOf(volume));
  expect(volumeKeyOf(volume)).toMatch(/^[0-9a-f]{16}-[0-9a-f]{8}$/);
});

test('other values, another rescale and other units have another key', () => {
  const shifted = { ...volume, values: volume.values.map(value => value + 1) };
  const mirrored = { ...volume, values: volume.values.toReversed() };
  const negated = { ...volume, values: volume.values.map(value => -value) };
  const blackened = { ...volume, values: volume.values.map((value, at) => (at % 4096 < 640 ? 0 : value)) };
  const rescaled = { ...volume, rescale: { slope: 1, intercept: -1024 } };
  const steeper = { ...volume, rescale: { slope: 2, intercept: 0 } };
  const unitless = { ...volume, valueMeaning: { ...volume.valueMeaning, units: 'US' } };
  const other = { ...volume, geometry: { ...volume.geometry, frameOfReferenceUID: '1.2.840.99' } };
  const all = [volume, shifted, mirrored, negated, blackened, rescaled, steeper, unitless, other];
  expect(new Set(all.map(volumeKeyOf)).size).toBe(all.length);
});
