import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { memorySource, type ByteSource } from './byteSource.ts';
import {
  DataSetReader,
  MalformedDataSetError,
  NeedMoreBytesError,
  TooManyElementsError,
  type DataElement,
  type DataSet,
  type Encoding,
} from './dataSetReader.ts';
import { finishedInTurns } from './steps.ts';

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** A DICOM file (PS3.10 section 7) read up to its pixel data. */
export interface Part10 {
  readonly transferSyntaxUID: string;
  readonly encoding: Encoding;
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  /** The bytes that `meta` and `dataSet` point into; the value of the pixel data may lie beyond them. */
  readonly head: Buffer;
  /** Where the data set starts, behind the file meta information. */
  readonly dataSetOffset: number;
  /** The whole file, inflated where it was deflated. */
  readonly source: ByteSource;
}

const inflateRaw = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
/** What comes before the pixels is held in memory; the contours of whole bodies take a tenth of it. */
const MOST_HEAD_BYTES = 2 ** 28;
const FIRST_READ_BYTES = 64 * 1024;
const META_ENCODING: Encoding = { explicitVr: true, bigEndian: false };

const SOP_INSTANCE_UID = '00080018';

/** Preamble and prefix. */
export const PART10_START_BYTES = 132;

/** True when the bytes start like a DICOM file. */
export function isPart10(start: Uint8Array): boolean {
  return (
    start.length >= PART10_START_BYTES && Buffer.from(start.subarray(128, 132)).toString('latin1') === 'DICM'
  );
}

/**
 * Whether more than `maxBytes` come before the pixels of a file; `false` also for a deflated one, whose header ends
 * nobody knows where, and for what is no Part 10 file.
 */
export function isHeaderLongerThan(maxBytes: number, file: Uint8Array): boolean {
  if (file.length <= maxBytes) return false;
  const head = Buffer.from(file.buffer, file.byteOffset, maxBytes);
  if (!isPart10(head)) return false;
  try {
    walkHeader(head, file.length);
    return false;
  } catch (error) {
    if (error instanceof NeedMoreBytesError) return true;
    if (error instanceof MalformedDataSetError) return false;
    throw error;
  }
}

export type HeaderVerdict = 'readable' | 'too-many-elements' | 'unreadable';

/**
 * Whether what comes before the pixels may be given to a parser that takes all it gets: a file that has more elements than
 * any object costs it minutes, and one of which the elements cannot be told may have as many. A small file is always
 * readable, in this sense. What is deflated is to be inflated first.
 * @param isInflated its data set is no longer deflated, whatever its transfer syntax says
 */
export function headerVerdict(file: Uint8Array, isInflated = false): HeaderVerdict {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length <= FIRST_READ_BYTES || !isPart10(bytes)) return 'readable';
  try {
    walkHeader(bytes, bytes.length, isInflated);
    return 'readable';
  } catch (error) {
    if (error instanceof TooManyElementsError) return 'too-many-elements';
    if (error instanceof MalformedDataSetError || error instanceof NeedMoreBytesError) return 'unreadable';
    throw error;
  }
}

/**
 * Reads up to the pixels, as far as `head` goes; nothing of a deflated file. VRs that do not exist are passed over.
 * @throws NeedMoreBytesError, MalformedDataSetError
 */
function walkHeader(head: Buffer, fileLength: number, isInflated = false): void {
  const metaReader = new DataSetReader(head, META_ENCODING, PART10_START_BYTES, false);
  const meta = metaReader.readTopLevel(fileLength, isMeta);
  const transferSyntaxUID = readUid(head, meta.elements.get('00020010')) ?? '';
  if (transferSyntaxUID === DEFLATED_LITTLE_ENDIAN && !isInflated) return;
  const encoding = encodingOf(transferSyntaxUID);
  new DataSetReader(head, encoding, metaReader.position, false).readTopLevel(fileLength);
}

/**
 * SOPInstanceUID of a file; `undefined` where it cannot be read. Some tools write one and the same into the meta
 * information (PS3.10 7.1) of all their files: that counts only where the data set cannot be read so far.
 */
export function sopInstanceUIDOf(file: Uint8Array): string | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!isPart10(bytes)) return undefined;
  let ofMeta: string | undefined;
  try {
    const metaReader = new DataSetReader(bytes, META_ENCODING, PART10_START_BYTES);
    const meta = metaReader.readTopLevel(bytes.length, isMeta);
    ofMeta = readUid(bytes, meta.elements.get('00020003'));
    const transferSyntaxUID = readUid(bytes, meta.elements.get('00020010')) ?? '';
    if (transferSyntaxUID === DEFLATED_LITTLE_ENDIAN) return ofMeta;
    const reader = new DataSetReader(bytes, encodingOf(transferSyntaxUID), metaReader.position, false);
    const { elements } = reader.readTopLevel(bytes.length, tag => tag <= SOP_INSTANCE_UID);
    return readUid(bytes, elements.get(SOP_INSTANCE_UID)) || ofMeta;
  } catch (error) {
    if (error instanceof MalformedDataSetError || error instanceof NeedMoreBytesError) return ofMeta;
    throw error;
  }
}

function isMeta(tag: string): boolean {
  return tag.startsWith('0002');
}

/** @throws MalformedDataSetError when it is not a DICOM file, ends too early or costs too much to read */
export async function readPart10(source: ByteSource, mostHeadBytes = MOST_HEAD_BYTES): Promise<Part10> {
  for (let length = FIRST_READ_BYTES; ; length = Math.min(8 * length, mostHeadBytes)) {
    const head = await source.read(0, length);
    if (!isPart10(head)) throw new MalformedDataSetError('not a DICOM Part 10 file');
    try {
      return await parse(head, source);
    } catch (error) {
      if (!(error instanceof NeedMoreBytesError)) throw error;
      if (head.length >= source.size) throw new MalformedDataSetError(error.message, { cause: error });
      if (length >= mostHeadBytes)
        throw new MalformedDataSetError('the header is too long', { cause: error });
    }
  }
}

async function parse(head: Buffer, source: ByteSource): Promise<Part10> {
  const metaReader = new DataSetReader(head, META_ENCODING, PART10_START_BYTES);
  const meta = metaReader.readTopLevel(source.size, isMeta);
  const dataSetOffset = metaReader.position;
  const transferSyntaxUID = readUid(head, meta.elements.get('00020010'));
  if (!transferSyntaxUID) throw new MalformedDataSetError('the file names no transfer syntax');
  if (transferSyntaxUID === DEFLATED_LITTLE_ENDIAN) {
    const inflated = await inflate(source, dataSetOffset);
    return parseDataSet({
      head: inflated,
      source: memorySource(inflated),
      meta,
      dataSetOffset,
      transferSyntaxUID,
    });
  }
  return parseDataSet({ head, source, meta, dataSetOffset, transferSyntaxUID });
}

async function parseDataSet(file: Omit<Part10, 'encoding' | 'dataSet'>): Promise<Part10> {
  const encoding = encodingOf(file.transferSyntaxUID);
  const reader = new DataSetReader(file.head, encoding, file.dataSetOffset);
  return { ...file, encoding, dataSet: await finishedInTurns(reader.topLevelInSteps(file.source.size)) };
}

function encodingOf(transferSyntaxUID: string): Encoding {
  return {
    explicitVr: transferSyntaxUID !== IMPLICIT_LITTLE_ENDIAN,
    bigEndian: transferSyntaxUID === EXPLICIT_BIG_ENDIAN,
  };
}

async function inflate(source: ByteSource, dataSetOffset: number): Promise<Buffer> {
  const whole = await source.read(0, source.size);
  try {
    // A gigabyte is far above any deflated object seen; more is taken for a decompression bomb.
    const dataSet = await inflateRaw(whole.subarray(dataSetOffset), { maxOutputLength: 2 ** 30 });
    return Buffer.concat([whole.subarray(0, dataSetOffset), dataSet]);
  } catch (cause) {
    throw new MalformedDataSetError('the deflated data set cannot be inflated', { cause });
  }
}

function readUid(head: Buffer, element: DataElement | undefined): string | undefined {
  if (element?.length === undefined) return undefined;
  return head.toString('latin1', element.offset, element.offset + element.length).replace(/[\0 ]+$/, '');
}
