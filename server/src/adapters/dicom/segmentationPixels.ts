import { numbersOf, textOf } from '../../domain/datasetValues.ts';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import { frameCountOf, readFrame, readFrameLayout, type FrameLayout } from '../../formats/frameLayout.ts';
import type { Part10 as FormatPart10 } from '../../formats/part10.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { readImagePixel } from './imagePixel.ts';
import { unpackBits, zerosFor } from './packedBits.ts';
import { Part10 } from './part10.ts';
import { decodeRle } from './rle.ts';
import { RLE_LOSSLESS } from './transferSyntax.ts';

/** Far above any image plane; compressed frames may claim any size. */
const MAX_FRAME_PIXELS = 2 ** 26;
/** To an even number of bytes. */
const MOST_PADDING_BITS = 16;

/** The frames of a segmentation. */
export interface FramePixels {
  readonly rows: number;
  readonly columns: number;
  readonly frameCount: number;
  /** Of a FRACTIONAL segmentation: values from here on are in the segment. */
  readonly threshold?: number;
  /**
   * Segment numbers of a frame, row by row.
   * @param frameNumber 1-based
   * @param segmentNumberOf tells the segment of the frame; not asked for the frames of a LABELMAP
   */
  read(frameNumber: number, segmentNumberOf: () => number): Promise<Uint8Array | Uint16Array>;
}

/**
 * @param part10 the bytes that `file` was read from
 * @throws Problem unsupported-segmentation, unsupported-pixel-data; MalformedDataSetError
 */
export async function openFramePixels(
  part10: Uint8Array,
  file: FormatPart10,
  dataset: DicomJsonDataset,
): Promise<FramePixels> {
  const layout = await readFrameLayout(file);
  const [rows = 0, columns = 0] = ['00280010', '00280011'].map(tag => numbersOf(dataset, tag)[0]);
  if (!layout || rows === 0 || columns === 0) throw unreadable('The segmentation holds no pixels.', {});
  if (rows * columns > MAX_FRAME_PIXELS) throw unreadable('The frames are too large.', { rows, columns });
  const size = { rows, columns, frameCount: frameCountOf(layout) };
  const segmentationType = textOf(dataset, '00620001');
  switch (segmentationType) {
    case 'BINARY': {
      const bitsAllocated = numbersOf(dataset, '00280100')[0];
      if (bitsAllocated !== 1) throw unreadable('BINARY pixels have one bit.', { bitsAllocated });
      requireNoMoreFrames(layout);
      return {
        ...size,
        read: (frameNumber, segmentNumberOf) =>
          readBits(file, layout, frameNumber, rows * columns, segmentNumberOf()),
      };
    }
    case 'FRACTIONAL': {
      const readSamples = sampleReader(part10);
      const [maximum = 0] = numbersOf(dataset, '0062000E');
      if (maximum === 0) throw unreadable('FRACTIONAL values need their MaximumFractionalValue.', {});
      const threshold = maximum / 2;
      return {
        ...{ ...size, threshold },
        read: async (frameNumber, segmentNumberOf) => {
          const samples = await readSamples(frameNumber);
          return atLeast(samples, threshold, segmentNumberOf());
        },
      };
    }
    case 'LABELMAP':
      return { ...size, read: sampleReader(part10) };
    default:
      throw unreadable('Only BINARY, FRACTIONAL and LABELMAP segmentations are read.', { segmentationType });
  }
}

/** Where the pixels are more than the frames take, these lie nobody knows where: some writers give a bit a byte. */
function requireNoMoreFrames(layout: FrameLayout): void {
  if (layout.kind === 'encapsulated') return;
  const { numberOfFrames, frameStepBits, lengthBytes } = layout;
  const spareBits = 8 * lengthBytes - frameStepBits * numberOfFrames;
  if (spareBits < Math.max(frameStepBits, MOST_PADDING_BITS)) return;
  throw unreadable('The pixels are more than the frames that are described.', {
    numberOfFrames,
    lengthBytes,
  });
}

function sampleReader(part10: Uint8Array): (frameNumber: number) => Promise<Uint8Array | Uint16Array> {
  const parsed = Part10.parse(part10);
  const pixel = readImagePixel(parsed);
  return async frameNumber => {
    const { pixels } = await decodeFrameOf(parsed, pixel, frameNumber - 1);
    if (pixels instanceof Uint8Array || pixels instanceof Uint16Array) return pixels;
    throw unreadable('The pixels of a segmentation have no sign.', { frameNumber });
  };
}

async function readBits(
  file: FormatPart10,
  layout: FrameLayout,
  frameNumber: number,
  pixelCount: number,
  segmentNumber: number,
): Promise<Uint8Array | Uint16Array> {
  const frame = await readFrame(file, layout, frameNumber);
  return unpackBits(
    layout.kind === 'native' ? frame : unpackRle(file, frame, frameNumber, pixelCount),
    ...([pixelCount, segmentNumber] as const),
  );
}

function unpackRle(
  { transferSyntaxUID }: FormatPart10,
  frame: Uint8Array,
  frameNumber: number,
  pixelCount: number,
): Uint8Array {
  const facts = { transferSyntaxUID, frameNumber };
  if (transferSyntaxUID !== RLE_LOSSLESS) {
    throw new Problem('unsupported-pixel-data', 'Single-bit frames are read uncompressed or in RLE.', facts);
  }
  try {
    return decodeRle(frame, Math.ceil(pixelCount / 8), 1, 1);
  } catch (cause) {
    throw new Problem('unsupported-pixel-data', 'The RLE frame is damaged.', facts, { cause });
  }
}

/** The segment's number where a sample is so large. */
function atLeast(
  samples: Uint8Array | Uint16Array,
  threshold: number,
  segmentNumber: number,
): Uint8Array | Uint16Array {
  const inside = zerosFor(segmentNumber, samples.length);
  for (let n = 0; n < samples.length; n++) if (samples[n]! >= threshold) inside[n] = segmentNumber;
  return inside;
}

function unreadable(detail: string, facts: Readonly<Record<string, unknown>>): Problem {
  return new Problem('unsupported-segmentation', detail, facts);
}
