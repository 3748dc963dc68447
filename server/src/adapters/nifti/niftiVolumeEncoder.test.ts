import { describe, expect, test } from '@jest/globals';
import { syntheticVolume } from '../../domain/fixtures/syntheticVolume.ts';
import { NiftiVolumeEncoder } from './niftiVolumeEncoder.ts';

const ENCODER = new NiftiVolumeEncoder();

describe('a volume as NIfTI', () => {
  test('holds the values in modality units, on the grid of the series', () => {
    const volume = syntheticVolume(
      [3, 2, 2],
      [2, 0, 0, 5, 0, 2, 0, 6, 0, 0, 3, 7, 0, 0, 0, 1],
      (_, [i]) => i * 100,
    );
    const file = Buffer.concat([...ENCODER.encode(volume)]);
    const start = file.readFloatLE(108);
    const values = Array.from({ length: 12 }, (_, n) => file.readFloatLE(start + 4 * n));
    expect(values).toEqual([0, 100, 200, 0, 100, 200, 0, 100, 200, 0, 100, 200]);
    expect(file).toHaveLength(start + 4 * 12);
  });

  test('is refused for slices that are not evenly spaced', () => {
    const volume = syntheticVolume([3, 2, 3], [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1], () => 0);
    const uneven = { ...volume, geometry: { ...volume.geometry, slicePlaces: [0, 0.5, 2] } };
    expect(() => [...ENCODER.encode(uneven)]).toThrow(
      expect.objectContaining({ code: 'unsupported-geometry' }),
    );
  });
});
