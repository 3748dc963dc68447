import type {
  DicomJsonDataset,
  DicomJsonElement,
  DicomJsonPersonName,
  DicomJsonValue,
} from '../domain/dicomJson.ts';
import { numbersOf } from '../domain/datasetValues.ts';
import { EXPLICIT_LITTLE_ENDIAN } from './part10.ts';
import { LONG_LENGTH_VRS, UNDEFINED_LENGTH } from './valueLength.ts';

/** Pixel data as DICOMweb hands them out: the frames of an image in one transfer syntax. */
export interface Frames {
  /** Explicit little endian, or one that encapsulates. */
  readonly transferSyntaxUID: string;
  readonly frames: readonly Uint8Array[];
}

const NUMBER_BYTES: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 };
const MAX_SHORT_LENGTH = 0xffff;
const PIXEL_DATA = /^7FE000(08|09|10)$/;

/**
 * A Part 10 file (PS3.10) of a data set in the DICOM JSON Model and its frames, in explicit little endian, text in
 * UTF-8. Values that the data set only points at (BulkDataURI) are left out.
 */
export function writePart10(dataset: DicomJsonDataset, pixels: Frames): Uint8Array {
  const ui = (value: DicomJsonValue | undefined): DicomJsonElement => ({ vr: 'UI', Value: [value ?? ''] });
  const meta = dataSetBytes({
    '00020002': ui(dataset['00080016']?.Value?.[0]),
    '00020003': ui(dataset['00080018']?.Value?.[0]),
    '00020010': ui(pixels.transferSyntaxUID),
  });
  const body = Object.fromEntries(
    Object.entries(dataset).filter(([tag]) => !tag.startsWith('0002') && !PIXEL_DATA.test(tag)),
  );
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    elementBytes('00020000', { vr: 'UL', Value: [meta.length] }),
    meta,
    dataSetBytes({ ...body, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } }),
    ...pixelDataBytes(pixels, bitsOfFrame(dataset)),
  ]);
}

function dataSetBytes(dataset: DicomJsonDataset): Buffer {
  const present = Object.entries(dataset).filter(([, element]) => element.BulkDataURI === undefined);
  const sorted = present.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(sorted.map(([tag, element]) => elementBytes(tag, element)));
}

function elementBytes(tag: string, element: DicomJsonElement): Buffer {
  const value = valueBytes(element);
  // What does not fit into 16 bits of length is written as UN (PS3.5 6.2.2 note 5).
  const isShort = !LONG_LENGTH_VRS.has(element.vr) && value.length <= MAX_SHORT_LENGTH;
  const vr = isShort || LONG_LENGTH_VRS.has(element.vr) ? element.vr : 'UN';
  return Buffer.concat([headBytes(tag, vr, value.length), value]);
}

function headBytes(tag: string, vr: string, length: number): Buffer {
  const head = Buffer.alloc(LONG_LENGTH_VRS.has(vr) ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 12) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return head;
}

/** Padded to even length. */
function valueBytes({ vr, Value = [], InlineBinary }: DicomJsonElement): Buffer {
  if (InlineBinary !== undefined) return evened(Buffer.from(InlineBinary, 'base64'), 0);
  if (vr === 'SQ') return Buffer.concat(Value.map(itemBytes));
  if (vr === 'AT') return Buffer.concat(Value.map(tagBytes));
  const size = NUMBER_BYTES[vr];
  if (size !== undefined) return Buffer.concat(Value.map(value => numberBytes(vr, size, Number(value))));
  return evened(Buffer.from(Value.map(textOf).join('\\')), vr === 'UI' ? 0 : 0x20);
}

function itemBytes(item: DicomJsonValue): Buffer {
  const content = isDataset(item) ? dataSetBytes(item) : Buffer.alloc(0);
  return fragmentBytes(content);
}

/** An item, with its head: a data set of a sequence, or a fragment of pixel data. */
function fragmentBytes(content: Uint8Array): Buffer {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

function tagBytes(value: DicomJsonValue): Buffer {
  const bytes = Buffer.alloc(4);
  const tag = typeof value === 'string' ? value : '';
  bytes.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16) || 0, 0);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(4), 16) || 0, 2);
  return bytes;
}

function numberBytes(vr: string, size: number, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  if (vr === 'FL') bytes.writeFloatLE(value);
  else if (vr === 'FD') bytes.writeDoubleLE(value);
  // Signed or not, the low bits are the same.
  else if (size === 2) bytes.writeUInt16LE(value & 0xffff);
  else bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function textOf(value: DicomJsonValue): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (!isPersonName(value)) return '';
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

/** Of an image of single bits; undefined for others, the frames of which end on a byte. */
function bitsOfFrame(dataset: DicomJsonDataset): number | undefined {
  const [rows = 0, columns = 0, bitsAllocated] = ['00280010', '00280011', '00280100'].map(
    tag => numbersOf(dataset, tag)[0],
  );
  return bitsAllocated === 1 ? rows * columns : undefined;
}

function pixelDataBytes(
  { transferSyntaxUID, frames }: Frames,
  bitsPerFrame: number | undefined,
): Uint8Array[] {
  if (frames.length === 0) return [];
  if (transferSyntaxUID === EXPLICIT_LITTLE_ENDIAN) {
    const native = bitsPerFrame === undefined ? frames : [packedFrames(frames, bitsPerFrame)];
    const length = native.reduce((sum, frame) => sum + frame.length, 0);
    return [headBytes('7FE00010', 'OW', length + (length % 2)), ...native, Buffer.alloc(length % 2)];
  }
  return [
    headBytes('7FE00010', 'OB', UNDEFINED_LENGTH),
    // An empty offset table: each frame is one fragment (PS3.5 A.4).
    fragmentBytes(Buffer.alloc(0)),
    ...frames.map(frame => fragmentBytes(evened(frame, 0))),
    Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
  ];
}

/** Frames come each from a byte on; in a file one begins at the bit behind the one before (PS3.5 8.1.1). */
function packedFrames(frames: readonly Uint8Array[], bitsPerFrame: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((frames.length * bitsPerFrame) / 8));
  frames.forEach((frame, index) => {
    const firstBit = index * bitsPerFrame;
    const [firstByte, shift] = [firstBit >> 3, firstBit & 7];
    for (let n = 0; 8 * n < bitsPerFrame; n++) {
      const bitCount = Math.min(8, bitsPerFrame - 8 * n);
      const bits = ((frame[n] ?? 0) & ((1 << bitCount) - 1)) << shift;
      packed[firstByte + n]! |= bits & 0xff;
      if (bits > 0xff) packed[firstByte + n + 1]! |= bits >> 8;
    }
  });
  return packed;
}

function evened(bytes: Uint8Array, padding: number): Buffer {
  return Buffer.concat(bytes.length % 2 === 0 ? [bytes] : [bytes, Buffer.of(padding)]);
}

function isDataset(value: DicomJsonValue): value is DicomJsonDataset {
  return value !== null && typeof value === 'object' && !isPersonName(value);
}

function isPersonName(value: DicomJsonPersonName | DicomJsonDataset): value is DicomJsonPersonName {
  return 'Alphabetic' in value || 'Ideographic' in value || 'Phonetic' in value;
}
