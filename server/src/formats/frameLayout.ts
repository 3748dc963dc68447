import { MalformedDataSetError, type DataElement } from './dataSetReader.ts';
import { decodeValues, littleEndian, littleEndianLength } from './dicomValue.ts';
import { readFragments, type ByteRange } from './encapsulatedFragments.ts';
import type { Part10 } from './part10.ts';

/** Of pixel data that is read as one value; words of any size end where a part does. */
const BYTES_A_PART = 2 ** 18;

/** Where the frames of an instance lie in its file. */
export type FrameLayout = NativeLayout | EncapsulatedLayout;

export interface NativeLayout {
  readonly kind: 'native';
  readonly numberOfFrames: number;
  readonly bitsPerFrame: number;
  /** From the beginning of a frame to that of the next. */
  readonly frameStepBits: number;
  readonly element: DataElement;
  readonly lengthBytes: number;
}

export interface EncapsulatedLayout {
  readonly kind: 'encapsulated';
  readonly frames: readonly (readonly ByteRange[])[];
}

/**
 * `undefined` for an instance without pixel data.
 * @throws MalformedDataSetError when pixel data is missing
 * @throws Problem unsupported-pixel-data when frames cannot be told apart
 */
export async function readFrameLayout(file: Part10): Promise<FrameLayout | undefined> {
  const element = ['7FE00010', '7FE00008', '7FE00009']
    .map(tag => file.dataSet.elements.get(tag))
    .find(candidate => candidate !== undefined);
  if (!element) return undefined;
  const numberOfFrames = Math.max(1, headNumber(file, '00280008', 'IS') ?? 1);
  if (element.length === undefined) {
    return { kind: 'encapsulated', frames: await readFragments(file, element, numberOfFrames) };
  }
  const lengthBytes = element.length;
  const bitsPerFrame = nativeBitsPerFrame(file);
  if (element.offset + lengthBytes > file.source.size || bitsPerFrame * numberOfFrames > lengthBytes * 8) {
    throw new MalformedDataSetError('the pixel data is shorter than its header says');
  }
  const frameStepBits = frameStepOf(bitsPerFrame, numberOfFrames, lengthBytes);
  return { kind: 'native', numberOfFrames, bitsPerFrame, frameStepBits, element, lengthBytes };
}

/**
 * Frames follow each other without padding, also where they do not fill whole bytes (PS3.5 8.1.1). Some writers begin
 * each at a byte all the same, which the length tells where it makes a difference.
 */
function frameStepOf(bitsPerFrame: number, numberOfFrames: number, lengthBytes: number): number {
  const fills = (stepBits: number): boolean => {
    const bytes = Math.ceil((stepBits * numberOfFrames) / 8);
    return lengthBytes === bytes || lengthBytes === bytes + (bytes % 2);
  };
  const wholeBytes = 8 * Math.ceil(bitsPerFrame / 8);
  return !fills(bitsPerFrame) && fills(wholeBytes) ? wholeBytes : bitsPerFrame;
}

export function frameCountOf(layout: FrameLayout): number {
  return layout.kind === 'native' ? layout.numberOfFrames : layout.frames.length;
}

/**
 * One frame as the web gives it out: native frames in little endian, starting at a byte border, the bits behind
 * the last pixel 0 (PS3.18 8.7.3); encapsulated frames as their bit stream.
 * @param frameNumber 1-based
 */
export async function readFrame(file: Part10, layout: FrameLayout, frameNumber: number): Promise<Buffer> {
  if (layout.kind === 'encapsulated') {
    const ranges = layout.frames[frameNumber - 1] ?? [];
    return Buffer.concat(
      await Promise.all(ranges.map(range => file.source.read(range.offset, range.length))),
    );
  }
  const firstBit = (frameNumber - 1) * layout.frameStepBits;
  const firstByte = Math.floor(firstBit / 8);
  const lastByte = Math.ceil((firstBit + layout.bitsPerFrame) / 8);
  // Swapping works on whole words, so that a frame of odd length is read with its neighbours.
  const [start, end] = file.encoding.bigEndian
    ? [firstByte - (firstByte % 8), Math.min(lastByte + 8 - (lastByte % 8), layout.lengthBytes)]
    : [firstByte, lastByte];
  const stored = await file.source.read(layout.element.offset + start, end - start);
  const bytes = littleEndian(wordVr(file, layout.element), stored, file.encoding.bigEndian);
  return alignBits(bytes.subarray(firstByte - start, lastByte - start), firstBit % 8, layout.bitsPerFrame);
}

/** Of all native pixel data as one value, in little endian. */
export function pixelDataLength(file: Part10, { element, lengthBytes }: NativeLayout): number {
  return littleEndianLength(wordVr(file, element), lengthBytes, file.encoding.bigEndian);
}

/** The same value in parts, each read when it is taken: it may be some gigabytes. */
export async function* readPixelData(
  file: Part10,
  { element, lengthBytes }: NativeLayout,
): AsyncGenerator<Buffer, void, undefined> {
  const vr = wordVr(file, element);
  for (let at = 0; at < lengthBytes; at += BYTES_A_PART) {
    const length = Math.min(BYTES_A_PART, lengthBytes - at);
    const stored = await file.source.read(element.offset + at, length);
    // Who takes it has been told how much there is.
    if (stored.length < length) throw new MalformedDataSetError('the pixel data is cut short');
    yield littleEndian(vr, stored, file.encoding.bigEndian);
  }
}

/** Moves `bitCount` bits that start at `firstBit` of the first byte (LSB first) to a byte border. */
function alignBits(bytes: Buffer, firstBit: number, bitCount: number): Buffer {
  if (firstBit === 0 && bitCount % 8 === 0) return bytes;
  const aligned = Buffer.alloc(Math.ceil(bitCount / 8));
  for (let i = 0; i < aligned.length; i++) {
    aligned[i] = ((bytes[i] ?? 0) >> firstBit) | ((bytes[i + 1] ?? 0) << (8 - firstBit));
  }
  const bitsInLast = bitCount % 8;
  if (bitsInLast > 0) aligned[aligned.length - 1] = (aligned.at(-1) ?? 0) & ((1 << bitsInLast) - 1);
  return aligned;
}

function nativeBitsPerFrame(file: Part10): number {
  const rows = headNumber(file, '00280010', 'US') ?? 0;
  const columns = headNumber(file, '00280011', 'US') ?? 0;
  const samples = headNumber(file, '00280002', 'US') ?? 1;
  const bitsAllocated = headNumber(file, '00280100', 'US') ?? 8;
  const photometric = file.dataSet.elements.get('00280004');
  // Two pixels share their colour (PS3.3 C.7.6.3.1.2).
  const subsampled = photometric && valueText(file, photometric).startsWith('YBR_FULL_422');
  return rows * columns * (subsampled ? 2 : samples) * bitsAllocated;
}

/** Pixel data of 8 bits in OW is swapped in words, in OB not; floats go by their own size. */
function wordVr(file: Part10, element: DataElement): string {
  if (element.tag === '7FE00008') return 'OF';
  if (element.tag === '7FE00009') return 'OD';
  if (element.vr === 'OB') return 'OB';
  return (headNumber(file, '00280100', 'US') ?? 16) === 32 ? 'OL' : 'OW';
}

function headNumber(file: Part10, tag: string, vr: string): number | undefined {
  const element = file.dataSet.elements.get(tag);
  if (element?.length === undefined) return undefined;
  const bytes = file.head.subarray(element.offset, element.offset + element.length);
  const text = (value: Uint8Array): string => Buffer.from(value).toString('latin1');
  const [value] = decodeValues(vr, bytes, { bigEndian: file.encoding.bigEndian, text });
  return typeof value === 'number' ? value : undefined;
}

function valueText(file: Part10, element: DataElement): string {
  return file.head.toString('latin1', element.offset, element.offset + (element.length ?? 0));
}
