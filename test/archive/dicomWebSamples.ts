import { imageAttributes, part10Of, type Attributes } from '../fixtures/part10.ts';

export const RLE = '1.2.840.10008.1.2.5';
export const EXPLICIT = '1.2.840.10008.1.2.1';
/** 2 × 3 pixels 0, 1, 2, 3, 4, 5 of 8 bits: one segment, one literal run (PS3.5 G). */
export const RLE_FRAME = Buffer.concat([
  Buffer.from(Uint32Array.of(1, 64, ...Array<number>(14).fill(0)).buffer),
  Buffer.from([5, 0, 1, 2, 3, 4, 5, 0]),
]);

export const imageFile = (changes: Attributes): Buffer => part10Of(imageAttributes(changes));

const { PixelData: _pixels, ...withoutPixels } = imageAttributes();

/** Study 1: a CT series of three images. Study 2: an MR image, a 1-bit multi-frame SEG, an RLE image, a report. */
export const SAMPLES: readonly Buffer[] = [
  ...[1, 2, 3].map(n => imageFile({ SOPInstanceUID: `1.2.3.1.1.${n}`, InstanceNumber: n })),
  imageFile({
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.1', SOPInstanceUID: '1.2.3.2.1.1' },
    ...{ PatientName: 'Łukasz^Żółty^Jan', PatientID: 'P2', StudyDate: '20230115', StudyTime: '080000.25' },
    ...{ AccessionNumber: 'A_2', StudyDescription: '50% Dixon', Modality: 'MR', SeriesNumber: 1 },
  }),
  imageFile({
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.2', SOPInstanceUID: '1.2.3.2.2.1' },
    ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4', Modality: 'SEG', SeriesNumber: 2, NumberOfFrames: 3 },
    ...{ Rows: 3, Columns: 3, BitsAllocated: 1, BitsStored: 1, HighBit: 0 },
    // 27 bits: frame 1 all 1, frame 2 all 0, frame 3 1 0 1 0 1 0 1 0 1; then padding of 1.
    PixelData: packBits('111111111' + '000000000' + '101010101' + '11111'),
  }),
  part10Of(
    {
      ...withoutPixels,
      ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.3', SOPInstanceUID: '1.2.3.2.3.1' },
      ...{ Modality: 'OT', SeriesNumber: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
    },
    { transferSyntaxUID: RLE, fragments: [RLE_FRAME] },
  ),
  part10Of({
    ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11', SOPInstanceUID: '1.2.3.2.4.1', Modality: 'SR' },
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.4', SeriesNumber: 4 },
  }),
];

export function packBits(bits: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  [...bits].forEach(
    (bit, index) => (bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (Number(bit) << (index & 7))),
  );
  return bytes;
}
