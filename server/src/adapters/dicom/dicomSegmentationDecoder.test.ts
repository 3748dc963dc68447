import { describe, expect, test } from '@jest/globals';
import { describedSegment, foreign, type ForeignFrame } from '../../../../test/fixtures/foreignFrames.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import { sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { affineFromColumns, type Vector3 } from '../../domain/affine.ts';
import { voxelAt } from '../../domain/mask.ts';
import { placeSegmentation } from '../../domain/placeSegmentation.ts';
import { DicomSegmentationDecoder } from './dicomSegmentationDecoder.ts';

const decoder = new DicomSegmentationDecoder();

const SHAPE: Vector3 = [3, 2, 4];
const IJK_TO_LPS = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [-100, -120, 40]);
const VOLUME = sourceOf(SHAPE, IJK_TO_LPS);

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

  describe('whose frames of single bits each begin at a byte', () => {
    const places = [AT_K1, AT_K3, ...Array<string>(8).fill(AT_K1)];
    const frames = places.map((position, n) => ({
      position,
      segmentNumber: 1,
      pixels: n === 1 ? [0, 0, 1, 0, 0, 1] : [0, 0, 0, 0, 0, 0],
    }));
    // The last, too: each later frame would be further off.
    const last = { position: '-100\\-120\\40', segmentNumber: 1, pixels: CORNER };
    const pixels = [...frames, last].map(frame => frame.pixels);
    const alignedBits = Uint8Array.from(pixels, bits => bits.reduce((byte, bit, n) => byte | (bit << n), 0));

    test('lies where they say, which the length tells', async () => {
      const part10 = foreign([...frames, last], { PixelData: alignedBits });
      expect(await voxelsIn(part10)).toEqual(['0,0,0', '2,0,3', '2,1,3']);
      expect(await voxelsIn(foreign([...frames, last]))).toEqual(['0,0,0', '2,0,3', '2,1,3']);
    });

    test('is refused when a byte is a pixel: which frame is which cannot be told', async () => {
      const part10 = foreign([...frames, last], { PixelData: Uint8Array.from(pixels.flat()) });
      await expect(voxelsIn(part10)).rejects.toEqual(refused('unsupported-segmentation'));
    });
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

  test.each(['BINARY', 'FRACTIONAL'])('that is %s may have frames of a background', async type => {
    const background = { CodeValue: '125040', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Background' };
    const part10 = foreign(
      [
        { position: AT_K1, segmentNumber: 1, pixels: [0, 1, 1, 1, 1, 1] },
        { position: AT_K1, segmentNumber: 2, pixels: CORNER },
      ],
      {
        ...(type === 'FRACTIONAL' && { SegmentationType: type, MaximumFractionalValue: 1 }),
        SegmentSequence: [describedSegment(1, 'Background', background), describedSegment(2, 'Tumor')],
      },
    );
    expect((await decoder.decode(part10)).segments.map(({ label }) => label)).toEqual(['Tumor']);
    expect(await voxelsIn(part10, 2)).toEqual(['0,0,1']);
  });

  test('may say of each segment which of several images it was drawn on', async () => {
    const part10 = foreign(
      [
        { position: AT_K1, segmentNumber: 1, pixels: CORNER, sourceUID: '1.2.3.3.1' },
        { position: AT_K1, segmentNumber: 2, pixels: CORNER, sourceUID: '1.2.3.9.1' },
        // Empty: it says nothing that could be taken for another moment's.
        { position: AT_K1, segmentNumber: 1, pixels: [0, 0, 0, 0, 0, 0], sourceUID: '1.2.3.9.1' },
      ],
      { SegmentSequence: [describedSegment(1, 'Tumor'), describedSegment(2, 'Liver')] },
    );
    expect(await voxelsIn(part10, 1)).toEqual(['0,0,1']);
    expect(await voxelsIn(part10, 2)).toEqual(['0,0,1']);
  });

  describe('of the frames of an Enhanced image', () => {
    const slices = VOLUME.slices.map((_, k) => ({
      ...{ sopClassUID: '1.2.840.10008.5.1.4.1.1.2.1', sopInstanceUID: '1.2.3.3.50', frameNumber: k + 1 },
    }));
    const placedOn = async (sourceFrames?: string): Promise<number> => {
      const frame = { position: AT_K3, segmentNumber: 1, pixels: CORNER, sourceUID: '1.2.3.3.50' };
      const part10 = foreign([{ ...frame, ...(sourceFrames !== undefined && { sourceFrames }) }]);
      const { masks } = await placeSegmentation(await decoder.decode(part10), { ...VOLUME, slices });
      return voxelAt(masks.get(1)!, 0, 0, 3);
    };

    test('may name the image as a whole, which is all of its frames', async () => {
      expect(await placedOn()).toBe(1);
    });

    test('may name the one frame that they lie on, and no other', async () => {
      expect(await placedOn('4')).toBe(1);
      await expect(placedOn('1')).rejects.toEqual(refused('unsupported-segmentation'));
    });
  });

  test('a little off the grid goes to the nearest voxels, with a warning', async () => {
    const part10 = foreign([{ position: '-100.1\\-120\\42.5', segmentNumber: 1, pixels: CORNER }]);
    expect(await voxelsIn(part10)).toEqual(['0,0,1']);
    const { warnings } = await placeSegmentation(await decoder.decode(part10), VOLUME);
    expect(warnings).toMatchObject([{ code: 'moved-to-grid' }]);
  });

  test('claims nothing where the series has no image, with a warning', async () => {
    const part10 = foreign([
      { position: AT_K1, segmentNumber: 1, pixels: CORNER, sourceUID: '1.2.3.3.1' },
      { position: '-100\\-120\\45', segmentNumber: 1, pixels: CORNER },
    ]);
    const slices = VOLUME.slices.map((slice, k) => (k === 1 ? undefined : slice));
    const { masks, warnings } = await placeSegmentation(await decoder.decode(part10), { ...VOLUME, slices });
    const mask = masks.get(1)!;
    expect([1, 2].map(k => voxelAt(mask, 0, 0, k))).toEqual([0, 1]);
    expect(warnings).toMatchObject([{ code: 'image-missing' }]);
    const whole = await placeSegmentation(await decoder.decode(part10), VOLUME);
    expect([1, 2].map(k => voxelAt(whole.masks.get(1)!, 0, 0, k))).toEqual([1, 1]);
    expect(whole.warnings).toEqual([]);
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
    'of two moments in one place': foreign([
      { position: AT_K1, segmentNumber: 1, pixels: CORNER, sourceUID: '1.2.3.3.1' },
      { position: AT_K1, segmentNumber: 1, pixels: [0, 0, 0, 0, 0, 1], sourceUID: '1.2.3.9.1' },
    ]),
    'with two segments of one number': foreign([{ position: AT_K1, segmentNumber: 1, pixels: CORNER }], {
      SegmentSequence: [describedSegment(1, 'Tumor'), describedSegment(1, 'Liver')],
    }),
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

test('a segmentation of many frames leaves turns to others while it is read', async () => {
  const frame: ForeignFrame = { position: '-100\\-120\\40', segmentNumber: 1, pixels: [1, 0, 0, 0, 0, 0] };
  let [turns, isRead] = [0, false];
  const count = (): void => {
    turns++;
    if (!isRead) setImmediate(count);
  };
  const decoded = await decoder.decode(foreign(Array<ForeignFrame>(200).fill(frame)));
  setImmediate(count);
  await placeSegmentation(decoded, VOLUME);
  isRead = true;
  expect(turns).toBeGreaterThan(5);
});
