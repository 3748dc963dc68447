import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { findPython, writeSegmentationInPython } from '../../../../test/external/python.ts';
import { obliqueAffines } from '../../../../test/fixtures/obliqueAffines.ts';
import { voxelsLps } from '../../../../test/fixtures/orientedSegmentations.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { smallSeries } from '../../../../test/phantom/smallSeries.ts';
import { imagesOf } from '../../domain/volume.ts';
import { affineFromColumns, type Vector3 } from '../../domain/affine.ts';
import { anyMask, denseVoxels } from '../../domain/fixtures/arbitraries.ts';
import { emptyMask, voxelAt, type Mask } from '../../domain/mask.ts';
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
        async (masks, ijkToLps, format, multiFrame) => {
          fc.pre(masks.some(mask => mask.voxels.includes(1)));
          fc.pre(format.segmentationType === 'BINARY' || !masksOverlap(masks));
          const source = sourceOf(masks[0].shapeIjk, ijkToLps);
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

const SHAPE: Vector3 = [3, 2, 4];
const IJK_TO_LPS = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [-100, -120, 40]);
const VOLUME = sourceOf(SHAPE, IJK_TO_LPS);

interface ForeignFrame {
  readonly position: string;
  readonly segmentNumber?: number;
  readonly pixels: readonly number[];
  readonly sourceUID?: string;
}

/** A segmentation as another writer might write it: 3 × 2 pixels of 8 bits, or of one. */
function foreign(frames: readonly ForeignFrame[], changes: Attributes = {}): Buffer {
  const isBinary = changes['SegmentationType'] === undefined;
  const pixels = frames.flatMap(frame => frame.pixels);
  const packed = new Uint8Array(Math.ceil(pixels.length / 8));
  pixels.forEach((pixel, n) => (packed[n >> 3]! |= pixel << (n & 7)));
  return part10Of(
    imageAttributes({
      ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4', SOPInstanceUID: '1.2.3.77', Modality: 'SEG' },
      ...{ StudyInstanceUID: PATIENT_STUDY.studyInstanceUID, FrameOfReferenceUID: '1.2.3.4' },
      ...{ Rows: 2, Columns: 3, NumberOfFrames: frames.length },
      ...(isBinary
        ? { BitsAllocated: 1, BitsStored: 1, HighBit: 0 }
        : { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }),
      SegmentationType: 'BINARY',
      SegmentSequence: [describedSegment(1, 'Tumor')],
      SharedFunctionalGroupsSequence: [
        {
          PlaneOrientationSequence: [{ ImageOrientationPatient: '1\\0\\0\\0\\1\\0' }],
          PixelMeasuresSequence: [{ PixelSpacing: '0.8\\0.7', SliceThickness: '2.5' }],
        },
      ],
      PerFrameFunctionalGroupsSequence: frames.map(({ position, segmentNumber, sourceUID }) => ({
        PlanePositionSequence: [{ ImagePositionPatient: position }],
        ...(segmentNumber !== undefined && {
          SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
        }),
        ...(sourceUID !== undefined && {
          DerivationImageSequence: [{ SourceImageSequence: [{ ReferencedSOPInstanceUID: sourceUID }] }],
        }),
      })),
      PixelData: isBinary ? packed : Uint8Array.from(pixels),
      ...changes,
    }),
  );
}

function describedSegment(segmentNumber: number, label: string, typeCode?: Attributes): Attributes {
  const code = typeCode ?? { CodeValue: 'T-62000', CodingSchemeDesignator: 'SRT', CodeMeaning: 'Liver' };
  return {
    ...{ SegmentNumber: segmentNumber, SegmentLabel: label, SegmentAlgorithmType: 'MANUAL' },
    SegmentedPropertyCategoryCodeSequence: [
      { CodeValue: 'T-D0050', CodingSchemeDesignator: 'SRT', CodeMeaning: 'Tissue' },
    ],
    SegmentedPropertyTypeCodeSequence: [code],
  };
}

async function voxelsIn(part10: Uint8Array, segmentNumber = 1): Promise<string[]> {
  const { masks } = await placeSegmentation(await decoder.decode(part10), VOLUME);
  const mask = masks.get(segmentNumber);
  const voxels: string[] = [];
  for (let k = 0; k < SHAPE[2]; k++) {
    for (let j = 0; j < SHAPE[1]; j++) {
      for (let i = 0; i < SHAPE[0]; i++) if (mask && voxelAt(mask, i, j, k)) voxels.push(`${i},${j},${k}`);
    }
  }
  return voxels;
}

const AT_K1 = '-100\\-120\\42.5';
const AT_K3 = '-100\\-120\\47.5';
const CORNER = [1, 0, 0, 0, 0, 0];
const refused = (code: string): unknown => expect.objectContaining({ code });

describe('a segmentation made elsewhere', () => {
  test('lies where its frames say, in whatever order they come', async () => {
    const frames = [
      { position: AT_K3, segmentNumber: 1, pixels: CORNER },
      { position: AT_K1, segmentNumber: 1, pixels: [0, 0, 0, 0, 0, 1] },
    ];
    expect(await voxelsIn(foreign(frames))).toEqual(['2,1,1', '0,0,3']);
  });

  test('lies there as well when its rows and columns run the other way, or across the slices', async () => {
    const frame = { segmentNumber: 1, pixels: [1, 1, 0, 0, 0, 1] };
    const shared = (orientation: string, spacing: string): Attributes => ({
      SharedFunctionalGroupsSequence: [
        {
          PlaneOrientationSequence: [{ ImageOrientationPatient: orientation }],
          PixelMeasuresSequence: [{ PixelSpacing: spacing }],
        },
      ],
    });
    // The first pixel at voxel 2,1,1; rows run to the right, columns to the front.
    const turned = [{ ...frame, position: '-98.6\\-119.2\\42.5' }];
    expect(await voxelsIn(foreign(turned, shared('-1\\0\\0\\0\\-1\\0', '0.8\\0.7')))).toEqual(['0,0,1', '1,1,1', '2,1,1']); // prettier-ignore
    // Columns of the frame run along the slices of the volume.
    const coronal = [{ ...frame, position: '-100\\-120\\40' }];
    expect(await voxelsIn(foreign(coronal, shared('1\\0\\0\\0\\0\\1', '2.5\\0.7')))).toEqual(['0,0,0', '1,0,0', '2,0,1']); // prettier-ignore
    // Rows of the frame run along the slices of the volume.
    expect(await voxelsIn(foreign(coronal, shared('0\\0\\1\\1\\0\\0', '0.7\\2.5')))).toEqual(['0,0,0', '0,0,1', '1,0,2']); // prettier-ignore
  });

  test('may have segments that overlap, and brings codes of today for retired ones', async () => {
    const part10 = foreign(
      [
        { position: AT_K1, segmentNumber: 2, pixels: [1, 1, 0, 0, 0, 0] },
        { position: AT_K1, segmentNumber: 1, pixels: CORNER },
      ],
      { SegmentSequence: [describedSegment(1, 'Tumor'), describedSegment(2, 'Liver')] },
    );
    expect(await voxelsIn(part10, 1)).toEqual(['0,0,1']);
    expect(await voxelsIn(part10, 2)).toEqual(['0,0,1', '1,0,1']);
    expect((await decoder.decode(part10)).segments[0]?.description).toEqual({
      ...{ trackingID: 'Tumor', algorithm: { type: 'MANUAL' } },
      codes: {
        category: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
        type: { value: '10200004', scheme: 'SCT', meaning: 'Liver' },
        typeModifiers: [],
      },
    });
  });

  test('that is FRACTIONAL is cut at half its maximum, with a warning', async () => {
    const frames = [{ position: AT_K1, segmentNumber: 1, pixels: [49, 50, 100, 0, 51, 1] }];
    const part10 = foreign(frames, { SegmentationType: 'FRACTIONAL', MaximumFractionalValue: 100 });
    expect(await voxelsIn(part10)).toEqual(['1,0,1', '2,0,1', '1,1,1']);
    expect((await decoder.decode(part10)).warnings).toMatchObject([{ code: 'fractional-thresholded' }]);
  });

  test('that is a LABELMAP may have a background that is described, and gaps between its numbers', async () => {
    const background = { CodeValue: '125040', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Background' };
    const part10 = foreign([{ position: AT_K1, pixels: [9, 4, 4, 200, 0, 9] }], {
      SegmentationType: 'LABELMAP',
      PixelPaddingValue: 9,
      SegmentSequence: [
        describedSegment(0, 'Background', background),
        describedSegment(4, 'Tumor'),
        describedSegment(200, 'Cyst'),
      ],
    });
    expect((await decoder.decode(part10)).segments.map(({ label }) => label)).toEqual(['Tumor', 'Cyst']);
    expect(await voxelsIn(part10, 4)).toEqual(['1,0,1', '2,0,1']);
    expect(await voxelsIn(part10, 200)).toEqual(['0,1,1']);
  });

  test('a little off the grid goes to the nearest voxels, with a warning', async () => {
    const part10 = foreign([{ position: '-100.1\\-120\\42.5', segmentNumber: 1, pixels: CORNER }]);
    expect(await voxelsIn(part10)).toEqual(['0,0,1']);
    const { warnings } = await placeSegmentation(await decoder.decode(part10), VOLUME);
    expect(warnings).toMatchObject([{ code: 'moved-to-grid' }]);
  });

  const misplaced: Record<string, Buffer> = {
    'half a voxel off the grid': foreign([{ position: '-99.65\\-120\\42.5', segmentNumber: 1, pixels: CORNER }]), // prettier-ignore
    'beyond the series': foreign([{ position: '-100\\-120\\50', segmentNumber: 1, pixels: CORNER }]),
    'of another resolution': foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER }], {
      SharedFunctionalGroupsSequence: [
        {
          PlaneOrientationSequence: [{ ImageOrientationPatient: '1\\0\\0\\0\\1\\0' }],
          PixelMeasuresSequence: [{ PixelSpacing: '0.4\\0.35' }],
        },
      ],
    }),
    'on another image than it names': foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER, sourceUID: '1.2.3.3.2' }]), // prettier-ignore
    'with a value that no segment describes': foreign([{ position: AT_K1, pixels: [7, 0, 0, 0, 0, 0] }], {
      SegmentationType: 'LABELMAP',
    }),
  };
  test.each(Object.keys(misplaced))('%s is refused', async what => {
    await expect(voxelsIn(misplaced[what]!)).rejects.toEqual(refused('unsupported-segmentation'));
  });

  test('in another Frame of Reference is refused', async () => {
    const part10 = foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER }], {
      FrameOfReferenceUID: '1.2.3.5',
    });
    await expect(voxelsIn(part10)).rejects.toEqual(refused('frame-of-reference-mismatch'));
  });

  const unreadable: Record<string, Uint8Array> = {
    'an image': part10Of(imageAttributes()),
    'no DICOM at all': Buffer.from('nonsense'),
    'of a type that does not exist': foreign([{ position: AT_K1, pixels: CORNER }], { SegmentationType: 'SURFACE' }), // prettier-ignore
    'without functional groups': foreign([{ position: AT_K1, pixels: CORNER }], { PerFrameFunctionalGroupsSequence: [] }), // prettier-ignore
    'with fewer pixels than frames': foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER }], { Rows: 200 }), // prettier-ignore
    'FRACTIONAL without its maximum': foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER }], { SegmentationType: 'FRACTIONAL' }), // prettier-ignore
    'with a frame of no segment': foreign([{ position: AT_K1, segmentNumber: 3, pixels: CORNER }]),
    'with a frame of no place': foreign([{ position: '', segmentNumber: 1, pixels: CORNER }]),
  };
  test.each(Object.keys(unreadable))('%s is refused when it is opened', async what => {
    await expect(voxelsIn(unreadable[what]!)).rejects.toEqual(refused('unsupported-segmentation'));
  });
});
