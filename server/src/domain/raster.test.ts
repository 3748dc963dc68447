import { describe, expect, test } from '@jest/globals';
import { cropRaster, fitRaster, type Raster } from './raster.ts';

const grey = (columns: number, ...samples: readonly number[]): Raster => ({
  ...{ columns, rows: samples.length / columns, channels: 1 },
  samples: Uint8Array.from(samples),
});

describe('fitRaster', () => {
  test('keeps a raster that fits as it is', () => {
    const raster = grey(3, 1, 2, 3, 4, 5, 6);
    expect(fitRaster(raster, { columns: 3, rows: 2 })).toEqual(raster);
  });

  test('averages when it shrinks, and keeps the proportions', () => {
    expect(fitRaster(grey(4, 0, 0, 200, 200, 0, 0, 200, 200), { columns: 2, rows: 2 })).toEqual(
      grey(2, 29, 171),
    );
  });

  test('goes evenly from value to value when it enlarges', () => {
    const { columns, rows, samples } = fitRaster(grey(2, 0, 100), { columns: 8, rows: 100 });
    expect([columns, rows]).toEqual([8, 4]);
    expect([...samples.subarray(0, 8)]).toEqual([0, 0, 13, 38, 63, 88, 100, 100]);
  });

  test('keeps the colours of a pixel together', () => {
    const raster: Raster = { columns: 1, rows: 1, channels: 3, samples: Uint8Array.of(1, 2, 3) };
    expect([...fitRaster(raster, { columns: 2, rows: 2 }).samples]).toEqual([
      1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3,
    ]);
  });
});

describe('cropRaster', () => {
  test('cuts a region out, as far as it lies inside', () => {
    const raster = grey(3, 1, 2, 3, 4, 5, 6);
    expect(cropRaster(raster, { left: 1, top: 0, columns: 2, rows: 1 })).toEqual(grey(2, 2, 3));
    expect(cropRaster(raster, { left: 2, top: 1, columns: 9, rows: 9 })).toEqual(grey(1, 6));
    expect(cropRaster(raster, { left: -5, top: 0, columns: 1, rows: 2 })).toEqual(grey(1, 1, 4));
  });
});
