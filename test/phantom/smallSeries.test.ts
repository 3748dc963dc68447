import { describe, expect, test } from '@jest/globals';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { stackGeometry } from '../../server/src/domain/stackGeometry.ts';
import { indexIjkOf, sameGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { smallSeries, type SmallSeriesOptions } from './smallSeries.ts';

const decode = async (files: readonly Uint8Array[]) => Promise.all(files.map(file => firstSliceOf(file)));

describe('a small series', () => {
  const variants: SmallSeriesOptions[] = [
    { orientation: 'axial' },
    { orientation: 'sagittal', reversed: true },
    { orientation: 'coronal', shuffled: true },
    { orientation: 'oblique', spacingMm: [0.9, 1.1, 1.7] },
    { orientation: 'axial', tiltDegrees: 14 },
  ];
  test.each(variants)('has the geometry it says and its balls in place: %j', async options => {
    const series = smallSeries(options);
    const slices = await decode(series.files);
    const { geometry, order } = stackGeometry(slices);
    expect(sameGeometry(geometry, series.geometry)).toBe(true);
    for (const ball of series.balls) {
      const [i = 0, j = 0, k = 0] = indexIjkOf(geometry, ball.centreLps).map(Math.round);
      const slice = slices[order[k] ?? -1];
      const stored = slice?.pixels[j * geometry.shapeIjk[0] + i] ?? 0;
      expect(Math.abs(stored + (slice?.rescaleIntercept ?? 0) - ball.hu)).toBeLessThanOrEqual(8);
    }
  });

  test('is the same for the same options and another for another seed', () => {
    expect(smallSeries({ seed: 4 })).toEqual(smallSeries({ seed: 4 }));
    expect(smallSeries({ seed: 4 }).seriesInstanceUID).not.toBe(smallSeries({ seed: 5 }).seriesInstanceUID);
  });

  test('leaves out the slices that are to be missing', () => {
    expect(smallSeries({ missingSlices: [3, 7] }).files).toHaveLength(38);
  });
});
