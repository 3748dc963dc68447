import { describe, expect, test } from '@jest/globals';
import { findPython, writeSegmentationInPython } from '../../../../test/external/python.ts';
import { voxelsLps } from '../../../../test/fixtures/orientedSegmentations.ts';
import { maskOf } from '../../../../test/fixtures/segmentations.ts';
import { smallSeries } from '../../../../test/phantom/smallSeries.ts';
import { emptyMask } from '../../domain/mask.ts';
import { placeSegmentation } from '../../domain/placeSegmentation.ts';
import { DicomSegmentationDecoder } from './dicomSegmentationDecoder.ts';

const decoder = new DicomSegmentationDecoder();

const python = findPython(['highdicom', 'pydicom']);
if (!python) console.log('SKIPPED: reading SEGs of highdicom: no Python with highdicom is found');
const withPython = python ? test : test.skip;

describe('a segmentation that highdicom has written', () => {
  const { files, geometry, sopInstanceUIDs } = smallSeries({
    ...{ orientation: 'oblique', shapeIjk: [13, 11, 9], reversed: true, shuffled: true },
  });
  const slices = sopInstanceUIDs.map(sopInstanceUID => ({
    ...{ sopInstanceUID, sopClassUID: '1.2.840.10008.5.1.4.1.1.2' },
  }));
  const whole = { minIjk: [0, 0, 0], maxIjk: geometry.shapeIjk } as const;
  const isFirst = (i: number, j: number, k: number): boolean => (i + 2 * j + 3 * k) % 5 === 0;
  const isSecond = (i: number, j: number, k: number): boolean => (i * j + k) % 3 === 0;

  for (const segmentationType of ['BINARY', 'FRACTIONAL', 'LABELMAP'] as const) {
    withPython(
      `(${segmentationType}) is read voxel for voxel, with its labels and codes`,
      async () => {
        const decoded = await decoder.decode(
          writeSegmentationInPython(python ?? '', segmentationType, files),
        );
        const { masks, warnings } = await placeSegmentation(decoded, { geometry, slices });
        const isSecondOnly = (i: number, j: number, k: number): boolean =>
          isSecond(i, j, k) && (segmentationType !== 'LABELMAP' || !isFirst(i, j, k));
        const expected = [isFirst, isSecondOnly].map(contains => maskOf(geometry.shapeIjk, whole, contains));
        expected.forEach((mask, index) => {
          const read = masks.get(index + 1) ?? emptyMask(geometry.shapeIjk);
          expect(voxelsLps(read, geometry)).toEqual(voxelsLps(mask, geometry));
        });
        expect(warnings.map(({ code }) => code)).toEqual(
          segmentationType === 'FRACTIONAL' ? ['fractional-thresholded'] : [],
        );
        expect(decoded.segments).toMatchObject([
          {
            ...{ segmentNumber: 1, label: 'Liver', trackingUID: '2.25.901' },
            description: {
              ...{ trackingID: 'Liver of the reader', algorithm: { type: 'MANUAL' } },
              codes: { category: { value: '91723000' }, type: { value: '10200004' } },
            },
          },
          { segmentNumber: 2, label: 'Spleen', description: { codes: { type: { value: '78961009' } } } },
        ]);
      },
      120_000,
    );
  }
});
