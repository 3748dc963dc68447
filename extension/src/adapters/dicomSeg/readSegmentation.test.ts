import { describe, expect, test } from '@jest/globals';
import { data } from 'dcmjs';
import fc from 'fast-check';
import { sliceKeyOf } from '../../domain/sliceKey.ts';
import { readSegmentation } from './readSegmentation.ts';

interface FrameToWrite {
  readonly segmentNumber: number;
  readonly sopInstanceUID: string;
  readonly frameNumber?: number;
  readonly pixels: readonly boolean[];
}

/** A BINARY SEG with just the attributes that are read. */
function writeSeg(
  shape: { readonly rows: number; readonly columns: number },
  labels: readonly string[],
  frames: readonly FrameToWrite[],
): Uint8Array {
  const bits = frames.flatMap(frame => frame.pixels);
  const pixelData = new Uint8Array(2 * Math.ceil(bits.length / 16));
  bits.forEach((isSet, i) => (pixelData[i >> 3]! |= isSet ? 1 << (i & 7) : 0));
  const file = new data.DicomDict(
    data.DicomMetaDictionary.denaturalizeDataset({ TransferSyntaxUID: '1.2.840.10008.1.2.1' }),
  );
  file.dict = data.DicomMetaDictionary.denaturalizeDataset({
    _vrMap: { PixelData: 'OB' },
    SpecificCharacterSet: 'ISO_IR 192',
    SegmentationType: 'BINARY',
    Rows: shape.rows,
    Columns: shape.columns,
    NumberOfFrames: frames.length,
    SegmentSequence: labels.map((label, index) => ({
      SegmentNumber: index + 1,
      SegmentLabel: label,
      TrackingUID: `2.25.${index + 1}`,
    })),
    PerFrameFunctionalGroupsSequence: frames.map(({ segmentNumber, sopInstanceUID, frameNumber }) => ({
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
      DerivationImageSequence: [
        {
          SourceImageSequence: [
            {
              ReferencedSOPInstanceUID: sopInstanceUID,
              ...(frameNumber !== undefined && { ReferencedFrameNumber: frameNumber }),
            },
          ],
        },
      ],
    })),
    PixelData: [pixelData.buffer],
  });
  return new Uint8Array(file.write());
}

const pixelsOf = (bits: Uint8Array, count: number): boolean[] =>
  Array.from({ length: count }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) === 1);

describe('readSegmentation', () => {
  test('finds each frame by the image it refers to, whatever the order', () => {
    const pixels = [true, false, true, true];
    const none = [false, false, false, false];
    const seg = readSegmentation(
      writeSeg(
        { rows: 2, columns: 2 },
        ['Leber größer', 'Tumor'],
        [
          { segmentNumber: 2, sopInstanceUID: '1.9', pixels },
          { segmentNumber: 1, sopInstanceUID: '1.1', pixels: none },
          { segmentNumber: 1, sopInstanceUID: '1.5', pixels },
        ],
      ),
    );
    expect(seg).toMatchObject({ rows: 2, columns: 2 });
    expect(seg.segments.map(({ label, trackingUID }) => [label, trackingUID])).toEqual([
      ['Leber größer', '2.25.1'],
      ['Tumor', '2.25.2'],
    ]);
    expect([...seg.segments[0]!.slices.keys()].sort()).toEqual([sliceKeyOf('1.1'), sliceKeyOf('1.5')]);
    expect(pixelsOf(seg.segments[0]!.slices.get(sliceKeyOf('1.5'))!, 4)).toEqual(pixels);
    expect(pixelsOf(seg.segments[1]!.slices.get(sliceKeyOf('1.9'))!, 4)).toEqual(pixels);
  });

  test('tells the frames of a multi-frame source apart', () => {
    const frame = (frameNumber: number, isSet: boolean) => ({
      ...{ segmentNumber: 1, sopInstanceUID: '1.1', frameNumber },
      pixels: [isSet],
    });
    const seg = readSegmentation(writeSeg({ rows: 1, columns: 1 }, ['a'], [frame(2, true), frame(7, false)]));
    expect([...seg.segments[0]!.slices]).toEqual([
      [sliceKeyOf('1.1', 2), new Uint8Array([1])],
      [sliceKeyOf('1.1', 7), new Uint8Array([0])],
    ]);
  });

  test('unpacks frames that begin inside a byte, without bits of their neighbours', () => {
    const objects = fc
      .record({ rows: fc.integer({ min: 1, max: 7 }), columns: fc.integer({ min: 1, max: 7 }) })
      .chain(shape =>
        fc.record({
          shape: fc.constant(shape),
          frames: fc.array(
            fc.array(fc.boolean(), {
              minLength: shape.rows * shape.columns,
              maxLength: shape.rows * shape.columns,
            }),
            { minLength: 1, maxLength: 5 },
          ),
        }),
      );
    fc.assert(
      fc.property(objects, ({ shape, frames }) => {
        const written = frames.map((pixels, index) => ({
          ...{ segmentNumber: 1, sopInstanceUID: `1.${index + 1}`, pixels },
        }));
        const [segment] = readSegmentation(writeSeg(shape, ['a'], written)).segments;
        written.forEach(({ sopInstanceUID, pixels }) => {
          const bits = segment!.slices.get(sliceKeyOf(sopInstanceUID))!;
          const padded = [...pixels, ...new Array<boolean>(bits.length * 8 - pixels.length).fill(false)];
          expect(pixelsOf(bits, bits.length * 8)).toEqual(padded);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('refuses what it cannot place', () => {
    const frame = { segmentNumber: 3, sopInstanceUID: '1.1', pixels: [true] };
    const seg = writeSeg({ rows: 1, columns: 1 }, ['a'], [frame]);
    expect(() => readSegmentation(seg)).toThrow('Frame 1 refers to segment 3, which is not there');
  });
});
