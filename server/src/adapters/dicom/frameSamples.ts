import type { DecodedFrame } from '../../ports/frameDecoder.ts';
import { codestreamHeader, endsWithEndMarker } from './codestream.ts';
import { encapsulatedFrame } from './encapsulatedFrame.ts';
import type { ImagePixel } from './imagePixel.ts';
import { withoutJp2Boxes } from './jp2File.ts';
import type { Part10 } from './part10.ts';
import { decodeRle } from './rle.ts';
import { interleaved, rgbOfYbrFull, storedPixels } from './storedPixels.ts';
import { EXPLICIT_VR_BIG_ENDIAN, transferSyntaxOf, type TransferSyntax } from './transferSyntax.ts';
import { decodeCodestream, loadWasmCodecs, type WasmEncoding } from './wasmCodecs.ts';

/** Larger compressed frames are taken for damage: decoders would have to reserve memory for them unseen. */
const MAX_DECODED_BYTES = 2 ** 28;

interface Samples {
  /** Little-endian. */
  readonly bytes: Uint8Array;
  readonly bitsAllocated: 8 | 16;
  readonly isPlanar: boolean;
  readonly photometricInterpretation: string;
}

/**
 * Decodes frame `frameIndex` (0-based).
 * @throws Problem unsupported-pixel-data
 */
export async function decodeFrameOf(
  part10: Part10,
  pixel: ImagePixel,
  frameIndex: number,
): Promise<DecodedFrame> {
  const transferSyntax = transferSyntaxOf(part10.transferSyntaxUID);
  if (!transferSyntax) {
    const { transferSyntaxUID } = part10;
    return part10.refuse('unsupported-pixel-data', `Transfer syntax ${transferSyntaxUID} is not read.`);
  }
  const samples = await samplesOf(part10, pixel, frameIndex, transferSyntax);
  const sampleCount = pixel.rows * pixel.columns * pixel.samplesPerPixel;
  if (samples.bytes.length !== (sampleCount * samples.bitsAllocated) / 8) {
    return part10.refuse('unsupported-pixel-data', 'The decoded frame has another size than the file says.');
  }
  const { rows, columns, samplesPerPixel } = pixel;
  if (samplesPerPixel === 3) {
    return {
      rows,
      columns,
      samplesPerPixel,
      photometricInterpretation: 'RGB',
      pixels: rgbOf(part10, samples),
    };
  }
  // A codec may hand out narrower samples than the file says: the bits above those stored were empty.
  const bits =
    samples.bitsAllocated < pixel.bitsAllocated
      ? { ...pixel, bitsAllocated: samples.bitsAllocated, bitsStored: 8, highBit: 7 }
      : pixel;
  return {
    rows,
    columns,
    samplesPerPixel,
    photometricInterpretation: samples.photometricInterpretation,
    pixels: storedPixels(samples.bytes, bits),
  };
}

async function samplesOf(
  part10: Part10,
  pixel: ImagePixel,
  frameIndex: number,
  { encoding, name }: TransferSyntax,
): Promise<Samples> {
  if (encoding === 'native') return { ...pixel, bytes: nativeFrame(part10, pixel, frameIndex) };
  const frame = encapsulatedFrame(part10, frameIndex, pixel.numberOfFrames);
  try {
    if ((pixel.rows * pixel.columns * pixel.samplesPerPixel * pixel.bitsAllocated) / 8 > MAX_DECODED_BYTES) {
      throw new RangeError('the frame is too large');
    }
    if (encoding !== 'rle') {
      await loadWasmCodecs();
      return decodeWasm(withoutJp2Boxes(frame), encoding, pixel);
    }
    const bytesPerSample = pixel.bitsAllocated / 8;
    const pixelCount = pixel.rows * pixel.columns;
    return {
      ...pixel,
      bytes: decodeRle(frame, pixelCount, bytesPerSample, pixel.samplesPerPixel),
      isPlanar: false,
    };
  } catch (cause) {
    return part10.refuse('unsupported-pixel-data', `The ${name} frame is damaged.`, { frameIndex }, cause);
  }
}

function nativeFrame(part10: Part10, pixel: ImagePixel, frameIndex: number): Uint8Array {
  const element = part10.element('x7fe00010');
  const isSwapped =
    part10.transferSyntaxUID === EXPLICIT_VR_BIG_ENDIAN &&
    (pixel.bitsAllocated === 16 || element?.vr === 'OW');
  const length = (pixel.rows * pixel.columns * pixel.samplesPerPixel * pixel.bitsAllocated) / 8;
  const start = frameIndex * length;
  const end = start + length;
  // Whole words are swapped: a frame of single bytes may begin or end inside one.
  const endOfWords = isSwapped ? end + (end % 2) : end;
  const isInside = frameIndex >= 0 && frameIndex < pixel.numberOfFrames;
  if (!element || element.encapsulatedPixelData || !isInside || endOfWords > element.length) {
    return part10.refuse('unsupported-pixel-data', 'The frame is not in the file, or it is cut short.', {
      frameIndex,
    });
  }
  const bytesOf = (from: number, to: number): Uint8Array =>
    part10.bytes.subarray(element.dataOffset + from, element.dataOffset + to);
  if (!isSwapped) return bytesOf(start, end);
  const fromWord = start - (start % 2);
  return Buffer.from(bytesOf(fromWord, endOfWords))
    .swap16()
    .subarray(start - fromWord, end - fromWord);
}

function decodeWasm(frame: Uint8Array, encoding: WasmEncoding, pixel: ImagePixel): Samples {
  const header = codestreamHeader(frame);
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixel;
  if (
    header.rows !== rows ||
    header.columns !== columns ||
    header.samplesPerPixel !== samplesPerPixel ||
    header.bitsPerSample > bitsAllocated
  ) {
    const { rows: codedRows, columns: codedColumns } = header;
    throw new RangeError(`coded as ${codedColumns}×${codedRows}, ${header.bitsPerSample} bits`);
  }
  // These decoders fill what is missing with grey, silently; the others notice by themselves.
  const fillsGaps = encoding === 'jpeg' || encoding === 'ht-jpeg-2000';
  if (fillsGaps && !endsWithEndMarker(frame)) throw new RangeError('the image is cut short');
  return decodeCodestream(encoding, frame, header, pixel);
}

function rgbOf(part10: Part10, samples: Samples): Uint8Array {
  const rgb = interleaved(samples.bytes, samples.isPlanar);
  switch (samples.photometricInterpretation) {
    case 'RGB':
    case 'YBR_RCT':
    case 'YBR_ICT':
      // The JPEG 2000 codec undoes its own colour transforms.
      return rgb;
    case 'YBR_FULL':
      return rgbOfYbrFull(rgb);
    default: {
      const { photometricInterpretation } = samples;
      return part10.refuse('unsupported-pixel-data', 'The colours of the image are not read.', {
        photometricInterpretation,
      });
    }
  }
}
