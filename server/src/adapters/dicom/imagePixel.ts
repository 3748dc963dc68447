import type { Part10 } from './part10.ts';

/** The Image Pixel Module (PS3.3 C.7.6.3), checked. */
export interface ImagePixel {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  readonly isPlanar: boolean;
  readonly photometricInterpretation: string;
  readonly numberOfFrames: number;
}

/** Photometric interpretations of one sample a pixel (PS3.3 C.7.6.3.1.2); all others have three or more. */
const ONE_SAMPLE: readonly string[] = ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'];

/** @throws Problem unsupported-pixel-data when it holds no pixels, or pixels of another kind */
export function readImagePixel(part10: Part10): ImagePixel {
  const rows = part10.uint16('x00280010') ?? 0;
  const columns = part10.uint16('x00280011') ?? 0;
  if (rows === 0 || columns === 0 || !part10.element('x7fe00010')) {
    return part10.refuse('unsupported-pixel-data', 'The object holds no image of integer pixels.');
  }
  const samplesPerPixel = part10.uint16('x00280002') ?? 1;
  const bitsAllocated = part10.uint16('x00280100') ?? 0;
  const bitsStored = part10.uint16('x00280101') ?? bitsAllocated;
  const highBit = part10.uint16('x00280102') ?? bitsStored - 1;
  const numberOfFrames = part10.numbers('x00280008')[0] ?? 1;
  const facts = { samplesPerPixel, bitsAllocated, bitsStored, highBit, numberOfFrames };
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    return part10.refuse('unsupported-pixel-data', 'Only pixels of 8 or 16 bits are read.', facts);
  }
  if (samplesPerPixel !== 1 && (samplesPerPixel !== 3 || bitsAllocated !== 8)) {
    return part10.refuse('unsupported-pixel-data', 'Only grey images and 8-bit colour are read.', facts);
  }
  const photometricInterpretation = part10.string('x00280004');
  if (ONE_SAMPLE.includes(photometricInterpretation) !== (samplesPerPixel === 1)) {
    return part10.refuse(
      'unsupported-pixel-data',
      'PhotometricInterpretation and SamplesPerPixel contradict each other.',
      { photometricInterpretation, samplesPerPixel },
    );
  }
  const fits = bitsStored >= 1 && highBit >= bitsStored - 1 && highBit < bitsAllocated;
  if (!fits || !Number.isInteger(numberOfFrames) || numberOfFrames < 1) {
    return part10.refuse(
      'unsupported-pixel-data',
      'The description of the pixels contradicts itself.',
      facts,
    );
  }
  return {
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit,
    isSigned: part10.uint16('x00280103') === 1,
    isPlanar: samplesPerPixel === 3 && part10.uint16('x00280006') === 1,
    photometricInterpretation,
    numberOfFrames,
  };
}
