import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { obliqueAffines } from '../../../../test/fixtures/obliqueAffines.ts';
import { segmentationOf, segmentOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { imagesOf } from '../../domain/volume.ts';
import { anyMask, denseVoxels } from '../../domain/fixtures/arbitraries.ts';
import { emptyMask, type Mask } from '../../domain/mask.ts';
import { masksOverlap } from '../../domain/masksOverlap.ts';
import { placeSegmentation } from '../../domain/placeSegmentation.ts';
import type { SegmentationFormat } from '../../domain/segmentationFormat.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { DicomSegmentationDecoder } from './dicomSegmentationDecoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

const decoder = new DicomSegmentationDecoder();
const encode = (segmentation: SegmentationToEncode): Uint8Array =>
  new DicomSegmentationEncoder().encode(segmentation);

/** Functional groups of the frames, and pixel data: what comes last in the data set, inflated. */
function framesOf(part10: Uint8Array): Buffer {
  const { byteArray, elements } = dicomParser.parseDicom(part10, {
    inflater: (bytes: Uint8Array, position: number) =>
      Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]),
  });
  return Buffer.from(byteArray.subarray(elements['x52009230']?.dataOffset ?? 0));
}

const FORMATS: readonly SegmentationFormat[] = [
  ...(['none', 'deflate'] as const).map(
    compression => ({ segmentationType: 'BINARY', compression, frames: 'non-empty' }) as const,
  ),
  ...(['none', 'deflate', 'rle'] as const).map(
    compression => ({ segmentationType: 'LABELMAP', compression, frames: 'all' }) as const,
  ),
];

describe('a segmentation that we have written', () => {
  test('is read as the voxels that it was written from, in every format and orientation', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(anyMask, anyMask),
        obliqueAffines,
        fc.constantFrom(...FORMATS),
        fc.boolean(),
        fc.boolean(),
        async (masks, ijkToLps, format, multiFrame, isUneven) => {
          fc.pre(masks.some(mask => mask.voxels.includes(1)));
          fc.pre(format.segmentationType === 'BINARY' || !masksOverlap(masks));
          const source = sourceOf(masks[0].shapeIjk, ijkToLps, isUneven);
          const slices = multiFrame
            ? imagesOf(source).map((slice, k) => ({
                ...slice,
                sopInstanceUID: '1.2.3.9',
                frameNumber: k + 1,
              }))
            : source.slices;
          const whole = segmentationOf(
            { ...source, slices },
            masks.map((mask, index) => segmentOf(mask, { trackingUID: `2.25.2${index}` })),
            { format },
          );
          const decoded = await decoder.decode(encode(whole));
          const placed = await placeSegmentation(decoded, whole.source);
          expect([...placed.masks.keys()]).toEqual([1, 2]);
          masks.forEach((mask, index) => {
            expect(denseVoxels(placed.masks.get(index + 1) ?? emptyMask(mask.shapeIjk))).toEqual(
              denseVoxels(mask),
            );
          });
          expect(placed.warnings).toEqual([]);
          const again = whole.segments.map((segment, index) => ({
            ...segment,
            mask: placed.masks.get(index + 1) ?? segment.mask,
          }));
          expect(framesOf(encode({ ...whole, segments: again })).equals(framesOf(encode(whole)))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('keeps label, colour, codes and tracking', async () => {
    const mask: Mask = { shapeIjk: [2, 2, 1], box: { minIjk: [0, 0, 0], maxIjk: [1, 1, 1] }, voxels: Uint8Array.of(1) }; // prettier-ignore
    const segment = segmentOf(mask, { label: 'Left lung nodule 肺', colour: [86, 180, 233] });
    const [read] = (await decoder.decode(encode(segmentationOf(sourceOf([2, 2, 1]), [segment])))).segments;
    expect(read).toMatchObject({
      ...{ segmentNumber: 1, label: 'Left lung nodule 肺', colour: [86, 180, 233], trackingUID: '2.25.7' },
      description: {
        trackingID: 'Left lung nodule 肺',
        algorithm: { type: 'SEMIAUTOMATIC', name: 'Tomoclick test' },
        codes: {
          category: { value: '49755003', scheme: 'SCT' },
          type: { value: '27925004', meaning: 'Nodule' },
          anatomicRegion: { code: { meaning: 'Lung' }, modifiers: [{ value: '7771000', meaning: 'Left' }] },
        },
      },
    });
  });
});
