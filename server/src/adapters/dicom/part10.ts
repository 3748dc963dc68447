import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import { Problem } from '../../domain/errors.ts';
import { DEFAULT_SERIES_LIMITS } from '../../domain/seriesLimits.ts';
import { headerVerdict, isHeaderLongerThan, sopInstanceUIDOf } from '../../formats/part10.ts';
import { textDecoding, type TextDecoding } from '../../formats/specificCharacterSet.ts';

/** A deflated file may not grow past this: the largest frames in use are a tenth of it. */
const MAX_INFLATED_BYTES = 2 ** 30;

const PIXEL_DATA = 'x7fe00010';

/** Dataset of a Part 10 file; tags are written as `x00080018`. */
export class Part10 {
  readonly transferSyntaxUID: string;
  readonly #dataSet: DataSet;
  readonly #decodeText: TextDecoding;

  private constructor(dataSet: DataSet, file?: Part10) {
    this.#dataSet = dataSet;
    this.transferSyntaxUID = file?.transferSyntaxUID ?? dataSet.string('x00020010') ?? '';
    this.#decodeText = file ? file.#decodeText : textDecoding(this.strings('x00080005'));
  }

  /**
   * @param maxHeaderBytes refused when more comes before the pixels: every element takes memory and time
   * @throws Problem unsupported-pixel-data when the bytes are no Part 10 file, or end in the middle
   */
  static parse(bytes: Uint8Array, maxHeaderBytes = DEFAULT_SERIES_LIMITS.maxHeaderBytes): Part10 {
    if (isHeaderLongerThan(maxHeaderBytes, bytes)) {
      const facts = { sopInstanceUID: sopInstanceUIDOf(bytes) ?? '', maxHeaderBytes };
      throw new Problem('unsupported-pixel-data', 'The header of the file is too long.', facts);
    }
    const verdict = headerVerdict(bytes);
    if (verdict === 'too-many-elements') {
      const facts = { sopInstanceUID: sopInstanceUIDOf(bytes) ?? '' };
      throw new Problem('unsupported-pixel-data', 'The header of the file has too many elements.', facts);
    }
    try {
      if (verdict === 'unreadable') throw new RangeError('the elements cannot be told apart');
      const dataSet = dicomParser.parseDicom(bytes, { inflater: inflate });
      requireValues(dataSet);
      return new Part10(dataSet);
    } catch (cause) {
      throw new Problem(
        'unsupported-pixel-data',
        'This is not a readable DICOM Part 10 file, or it is cut short.',
        {},
        { cause },
      );
    }
  }

  get bytes(): Uint8Array {
    return this.#dataSet.byteArray;
  }

  element(tag: string): Element | undefined {
    return this.#dataSet.elements[tag];
  }

  /** Value of an element in the default repertoire (CS, UI, DA, TM …); empty when absent. */
  string(tag: string): string {
    return this.#dataSet.string(tag) ?? '';
  }

  strings(tag: string): readonly string[] {
    const value = this.string(tag);
    return value === '' ? [] : value.split('\\').map(part => part.trim());
  }

  /** Value of an element in the SpecificCharacterSet (LO, SH …); empty when absent. */
  text(tag: string, vr: 'LO' | 'PN' = 'LO'): string {
    const element = this.element(tag);
    if (!element) return '';
    const bytes = this.bytes.subarray(element.dataOffset, element.dataOffset + element.length);
    return this.#decodeText(bytes, vr).replace(/[ \0]+$/, '');
  }

  /** The same of a PN. */
  personName(tag: string): string {
    return this.text(tag, 'PN');
  }

  /** Items of a sequence, as data sets of their own; none when absent. */
  items(tag: string): readonly Part10[] {
    const items = this.element(tag)?.items ?? [];
    return items.flatMap(({ dataSet }) => (dataSet ? [new Part10(dataSet, this)] : []));
  }

  /** First value of an FD element; of no use for an FL, which is half as long. */
  float64(tag: string): number | undefined {
    return (this.element(tag)?.length ?? 0) >= 8 ? this.#dataSet.double(tag) : undefined;
  }

  /** First value of an FL element. */
  float32(tag: string): number | undefined {
    return (this.element(tag)?.length ?? 0) >= 4 ? this.#dataSet.float(tag) : undefined;
  }

  uint32(tag: string): number | undefined {
    return this.#dataSet.uint32(tag);
  }

  uint16(tag: string, index = 0): number | undefined {
    return this.#dataSet.uint16(tag, index);
  }

  int16(tag: string, index = 0): number | undefined {
    return this.#dataSet.int16(tag, index);
  }

  /**
   * Tag of element `xxee` of the private block that `creator` has reserved in `group` (PS3.5 7.8.1);
   * `undefined` where it has none.
   * @param group four lower-case hexadecimal digits
   * @param element the last two digits
   */
  privateTag(group: string, creator: string, element: string): string | undefined {
    for (let block = 0x10; block <= 0xff; block++) {
      const reserved = block.toString(16);
      if (this.string(`x${group}00${reserved}`).trim() === creator) return `x${group}${reserved}${element}`;
    }
    return undefined;
  }

  /** Values of a DS or IS element; empty when absent, NaN for what is no number. */
  numbers(tag: string): readonly number[] {
    return this.strings(tag).map(part => (part === '' ? NaN : Number(part)));
  }

  /** @throws Problem of that code which names this instance */
  refuse(
    code: 'unsupported-pixel-data' | 'unsupported-geometry',
    detail: string,
    facts: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ): never {
    const { transferSyntaxUID } = this;
    const sopInstanceUID = this.string('x00080018');
    throw new Problem(code, detail, { sopInstanceUID, transferSyntaxUID, ...facts }, { cause });
  }
}

/**
 * dicom-parser takes the length of a value on trust, and stumbles when the value is asked for.
 * Pixel data are looked at frame by frame instead: those that are there can be read.
 * @throws RangeError when a value does not end inside the file
 */
function requireValues({ elements, byteArray }: DataSet): void {
  for (const { tag, dataOffset, length, items } of Object.values(elements)) {
    if (tag !== PIXEL_DATA && dataOffset + length > byteArray.length)
      throw new RangeError(`${tag} is cut short`);
    for (const { dataSet } of items ?? []) if (dataSet) requireValues(dataSet);
  }
}

/** Transfer syntax of a file, of which nothing else is read; empty for what is no Part 10 file. */
export function transferSyntaxUIDOf(bytes: Uint8Array): string {
  try {
    return dicomParser.readPart10Header(bytes).string('x00020010') ?? '';
  } catch {
    return '';
  }
}

/**
 * The file with everything after the meta information inflated, as dicom-parser wants it.
 * @throws RangeError when that is made to cost
 */
function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(position), { maxOutputLength: MAX_INFLATED_BYTES });
  const whole = new Uint8Array(position + inflated.length);
  whole.set(bytes.subarray(0, position));
  whole.set(inflated, position);
  const verdict = headerVerdict(whole, true);
  if (verdict !== 'readable') throw new RangeError(`the deflated header is to be refused: ${verdict}`);
  return whole;
}
