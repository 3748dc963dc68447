import { dictionaryVr } from './dicomDictionary.ts';
import { finished, type Steps } from './steps.ts';
import { LONG_LENGTH_VRS, UNDEFINED_LENGTH } from './valueLength.ts';

/** An element of a data set and where its value lies in the buffer that was read. */
export interface DataElement {
  /** Eight capital hexadecimal digits. */
  readonly tag: string;
  readonly vr: string;
  readonly offset: number;
  /** Bytes; `undefined` for encapsulated pixel data, which ends with a delimiter. */
  readonly length: number | undefined;
  /** Sequences only. */
  readonly items?: readonly DataSet[];
}

export interface DataSet {
  readonly elements: ReadonlyMap<string, DataElement>;
}

export interface Encoding {
  readonly explicitVr: boolean;
  readonly bigEndian: boolean;
}

/** The buffer ends before the data set does. */
export class NeedMoreBytesError extends Error {
  override readonly name = 'NeedMoreBytesError';
}

/** The bytes are not a DICOM data set. */
export class MalformedDataSetError extends Error {
  override readonly name: string = 'MalformedDataSetError';
}

/** They are one that was made, or damaged, to cost. */
export class TooManyElementsError extends MalformedDataSetError {
  override readonly name = 'TooManyElementsError';
}

const ITEM = 'FFFEE000';
const ITEM_END = 'FFFEE00D';
const SEQUENCE_END = 'FFFEE0DD';
// Far above what real objects nest; keeps a hostile file from exhausting the stack.
const MAX_DEPTH = 32;
/** Far above what real objects have, the functional groups of 20 000 frames included: each element takes memory and time. */
const MOST_ELEMENTS = 2 ** 22;
const MOST_ELEMENTS_OF_A_DATA_SET = 2 ** 14;
/** Of a sequence that is not within another: functional groups of so many frames are read in some 10 ms. */
const ITEMS_A_STEP = 256;
/** Top-level elements whose value need not be in the buffer: they come last and are large. */
const PIXEL_DATA_TAGS = new Set(['7FE00008', '7FE00009', '7FE00010']);

/** What comes before the value of an element. */
interface ElementHead {
  readonly tag: string;
  readonly vr: string;
  /** Bytes, or UNDEFINED_LENGTH. */
  readonly length: number;
}

/** Reads data sets (PS3.5 section 7) element by element without copying values. */
export class DataSetReader {
  #position: number;
  #elementCount = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly encoding: Encoding,
    position: number,
    /** Otherwise VRs that do not exist are taken for such of short length, as many readers do. */
    private readonly isStrict = true,
  ) {
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /**
   * Reads up to and including the head of the pixel data, or to `end`, whichever comes first.
   * @throws NeedMoreBytesError when `end` lies behind the buffer and neither was reached
   * @throws MalformedDataSetError
   */
  readTopLevel(end: number, belongs?: (tag: string) => boolean): DataSet {
    return finished(this.topLevelInSteps(end, belongs));
  }

  /** The same, left off every so many items: an object of many frames takes seconds. */
  *topLevelInSteps(end: number, belongs: (tag: string) => boolean = () => true): Steps<DataSet> {
    const elements = new Map<string, DataElement>();
    let count = 0;
    while (this.#position < end) {
      const start = this.#position;
      const tag = this.#readTag();
      if (!belongs(tag)) {
        this.#position = start;
        break;
      }
      elements.set(tag, yield* this.#topLevelElement(tag));
      requireFew(++count);
      if (PIXEL_DATA_TAGS.has(tag)) break;
    }
    return { elements };
  }

  *#topLevelElement(tag: string): Steps<DataElement> {
    const head = this.#readHead(tag);
    const { vr, length } = head;
    const offset = this.#position;
    if (PIXEL_DATA_TAGS.has(tag)) {
      return { tag, vr, offset, length: length === UNDEFINED_LENGTH ? undefined : length };
    }
    if (vr !== 'SQ') return this.#readValue(head, 0);
    const items: DataSet[] = [];
    for (const item of this.#itemsOf(length, 1)) if (items.push(item) % ITEMS_A_STEP === 0) yield;
    return { tag, vr, offset, length: this.#position - offset, items };
  }

  #readElement(tag: string, depth: number): DataElement {
    return this.#readValue(this.#readHead(tag), depth);
  }

  #readHead(tag: string): ElementHead {
    this.#count();
    const vr = this.encoding.explicitVr ? this.#readVr() : implicitVr(tag);
    const long = !this.encoding.explicitVr || LONG_LENGTH_VRS.has(vr);
    if (this.encoding.explicitVr && long) this.#advance(2);
    return { tag, vr, length: long ? this.#readUint32() : this.#readUint16() };
  }

  #readValue({ tag, vr, length }: ElementHead, depth: number): DataElement {
    const offset = this.#position;
    const isUndefined = length === UNDEFINED_LENGTH;
    if (vr === 'SQ') {
      const items = [...this.#itemsOf(length, depth + 1)];
      return { tag, vr, offset, length: this.#position - offset, items };
    }
    if (isUndefined && (vr === 'OB' || vr === 'OW')) {
      this.#skipFragments();
      return { tag, vr, offset, length: this.#position - offset };
    }
    if (isUndefined) {
      // PS3.5 6.2.2 note 4: UN of undefined length is a sequence in Implicit VR Little Endian.
      const encoding = vr === 'UN' ? { explicitVr: false, bigEndian: false } : this.encoding;
      const nested = new DataSetReader(this.bytes, encoding, offset, this.isStrict);
      nested.#elementCount = this.#elementCount;
      const items = [...nested.#itemsOf(length, depth + 1)];
      this.#position = nested.position;
      this.#elementCount = nested.#elementCount;
      return { tag, vr: 'SQ', offset, length: this.#position - offset, items };
    }
    this.#advance(length);
    return { tag, vr, offset, length };
  }

  *#itemsOf(length: number, depth: number): Generator<DataSet, void, undefined> {
    if (depth > MAX_DEPTH) throw new MalformedDataSetError('sequences are nested too deep');
    const end = length === UNDEFINED_LENGTH ? Infinity : this.#position + length;
    while (this.#position < end) {
      const tag = this.#readTag();
      const itemLength = this.#readUint32();
      if (tag === SEQUENCE_END) break;
      if (tag !== ITEM) throw new MalformedDataSetError(`found ${tag} where an item should start`);
      this.#count();
      yield this.#readItem(itemLength, depth);
    }
  }

  /** Encapsulated pixel data inside a sequence, such as an icon. */
  #skipFragments(): void {
    for (let tag = this.#readTag(); tag !== SEQUENCE_END; tag = this.#readTag()) {
      if (tag !== ITEM) throw new MalformedDataSetError(`found ${tag} where a fragment should start`);
      this.#advance(this.#readUint32());
    }
    this.#advance(4);
  }

  #readItem(length: number, depth: number): DataSet {
    const end = length === UNDEFINED_LENGTH ? Infinity : this.#position + length;
    const elements = new Map<string, DataElement>();
    let count = 0;
    while (this.#position < end) {
      const tag = this.#readTag();
      if (tag === ITEM_END) {
        this.#advance(4);
        break;
      }
      elements.set(tag, this.#readElement(tag, depth));
      requireFew(++count);
    }
    return { elements };
  }

  /** Elements and items. */
  #count(): void {
    if (++this.#elementCount > MOST_ELEMENTS) {
      throw new TooManyElementsError('there are more elements than any object has');
    }
  }

  #readTag(): string {
    const group = this.#readUint16();
    return hex4(group) + hex4(this.#readUint16());
  }

  #readVr(): string {
    const start = this.#position;
    this.#advance(2);
    const vr = this.bytes.toString('latin1', start, start + 2);
    if (this.isStrict && !/^[A-Z]{2}$/.test(vr))
      throw new MalformedDataSetError('found no value representation');
    return vr;
  }

  #readUint16(): number {
    const start = this.#position;
    this.#advance(2);
    return this.encoding.bigEndian ? this.bytes.readUInt16BE(start) : this.bytes.readUInt16LE(start);
  }

  #readUint32(): number {
    const start = this.#position;
    this.#advance(4);
    return this.encoding.bigEndian ? this.bytes.readUInt32BE(start) : this.bytes.readUInt32LE(start);
  }

  #advance(length: number): void {
    if (this.#position + length > this.bytes.length)
      throw new NeedMoreBytesError('the data set is cut short');
    this.#position += length;
  }
}

/** @param count of the elements of one data set, one that comes twice counted twice */
function requireFew(count: number): void {
  if (count <= MOST_ELEMENTS_OF_A_DATA_SET) return;
  throw new TooManyElementsError('a data set has more elements than any has');
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0').toUpperCase();
}

function implicitVr(tag: string): string {
  const vr = dictionaryVr(tag);
  if (vr !== undefined) return vr;
  // Private creators are LO (PS3.5 7.8.1), group lengths UL (PS3.5 7.2).
  if (tag.endsWith('0000')) return 'UL';
  return /^...[13579BDF]00[1-9A-F][\dA-F]$/.test(tag) ? 'LO' : 'UN';
}
