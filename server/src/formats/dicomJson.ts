import type { DicomJsonDataset, DicomJsonElement } from '../domain/dicomJson.ts';
import { MalformedDataSetError, type DataElement, type DataSet } from './dataSetReader.ts';
import { dictionaryVr } from './dicomDictionary.ts';
import { decodeValues, isBinaryVr, littleEndian } from './dicomValue.ts';
import type { Part10 } from './part10.ts';
import { textDecoding, type TextDecoding } from './specificCharacterSet.ts';
import { finished, type Steps } from './steps.ts';

/** Longer binary values are named by URI. */
const INLINE_LIMIT_BYTES = 1024;
/** Longer ones of any kind are: as values each of their bytes may take a hundred of memory. */
const VALUES_LIMIT_BYTES = 4 * 1024 * 1024;
/** Where an object has this much of values that are not short, the rest of them are, too. */
const LONG_VALUES_LIMIT_BYTES = 4 * VALUES_LIMIT_BYTES;
/** Of short values, which are always there; twice those of contours of whole bodies, or of 20 000 frames. */
const SHORT_VALUES_LIMIT_BYTES = 64 * 1024 * 1024;
/** Of sequences that are not within others. */
const ITEMS_A_STEP = 128;
const PIXEL_DATA = /^7FE000(08|09|10)$/;

/** Names a bulk value: `00420011`, or `<sequence tag>/<item, 1-based>/<tag>` inside sequences. */
export type BulkDataUri = (path: string) => string;

interface Surroundings {
  readonly file: Part10;
  readonly bulkDataUri: BulkDataUri;
  readonly path: string;
  readonly text: TextDecoding;
  readonly pixelsAreSigned: boolean;
  readonly budget: ValuesBudget;
}

/** What the values of one object have taken; many of moderate length cost as much as a long one. */
class ValuesBudget {
  #longBytes = 0;
  #shortBytes = 0;

  /** Whether a value is to be there itself. @throws MalformedDataSetError */
  takes({ length }: Uint8Array): boolean {
    if (length > INLINE_LIMIT_BYTES) {
      if (length > VALUES_LIMIT_BYTES || this.#longBytes + length > LONG_VALUES_LIMIT_BYTES) return false;
      this.#longBytes += length;
      return true;
    }
    this.#shortBytes += length;
    if (this.#shortBytes <= SHORT_VALUES_LIMIT_BYTES) return true;
    throw new MalformedDataSetError('there are more values than any object has');
  }
}

/**
 * The data set in the DICOM JSON Model (PS3.18 F.2), text in Unicode, without file meta information and group
 * lengths. AvailableTransferSyntaxUID is added from the file.
 * @throws MalformedDataSetError where it would take far more memory than that of any object
 */
export function toDicomJson(file: Part10, bulkDataUri: BulkDataUri): DicomJsonDataset {
  return finished(dicomJsonInSteps(file, bulkDataUri));
}

/** The same, left off every so many items of its sequences: an object of many frames takes seconds. */
export function* dicomJsonInSteps(file: Part10, bulkDataUri: BulkDataUri): Steps<DicomJsonDataset> {
  const outermost = {
    ...{ file, bulkDataUri, path: '', text: textDecoding([]), pixelsAreSigned: false },
    budget: new ValuesBudget(),
  };
  const elements = { ...(yield* topLevelToJson(file.dataSet, outermost)) };
  elements['00083002'] = { vr: 'UI', Value: [file.transferSyntaxUID] };
  return Object.fromEntries(Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function* topLevelToJson(dataSet: DataSet, outer: Surroundings): Steps<DicomJsonDataset> {
  const inner = innerSurroundings(dataSet, outer);
  const json: Record<string, DicomJsonElement> = {};
  for (const element of elementsOf(dataSet)) {
    const { items } = element;
    const Value: DicomJsonDataset[] = [];
    for (const item of items ?? []) {
      const within = { ...inner, path: itemPath(inner, element, Value.length) };
      if (Value.push(dataSetToJson(item, within)) % ITEMS_A_STEP === 0) yield;
    }
    json[element.tag] = items ? sequenceToJson(Value) : elementToJson(element, inner);
  }
  return inUnicode(json);
}

function dataSetToJson(dataSet: DataSet, outer: Surroundings): DicomJsonDataset {
  const inner = innerSurroundings(dataSet, outer);
  const json: Record<string, DicomJsonElement> = {};
  for (const element of elementsOf(dataSet)) json[element.tag] = elementToJson(element, inner);
  return inUnicode(json);
}

/** Without group lengths. */
function elementsOf({ elements }: DataSet): readonly DataElement[] {
  return [...elements.values()].filter(({ tag }) => !tag.endsWith('0000'));
}

function itemPath({ path }: Surroundings, { tag }: DataElement, index: number): string {
  return `${path}${tag}/${index + 1}/`;
}

function sequenceToJson(Value: readonly DicomJsonDataset[]): DicomJsonElement {
  return Value.length > 0 ? { vr: 'SQ', Value } : { vr: 'SQ' };
}

function inUnicode(json: Record<string, DicomJsonElement>): DicomJsonDataset {
  // DICOM JSON is Unicode, whatever the file was (PS3.18 F.2).
  if (json['00080005']) json['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
  return json;
}

function innerSurroundings(dataSet: DataSet, outer: Surroundings): Surroundings {
  const characterSet = dataSet.elements.get('00080005');
  const signed = dataSet.elements.get('00280103');
  const { head, encoding } = outer.file;
  return {
    ...outer,
    ...(characterSet && {
      text: textDecoding(
        valueBytes(head, characterSet)
          .toString('latin1')
          .split('\\')
          .map(term => term.replace(/[\0 ]+$/, '').trim()),
      ),
    }),
    ...(signed && {
      pixelsAreSigned:
        decodeValues('US', valueBytes(head, signed), { ...encoding, text: outer.text })[0] === 1,
    }),
  };
}

function elementToJson(element: DataElement, surroundings: Surroundings): DicomJsonElement {
  const { file, bulkDataUri, path, text, pixelsAreSigned, budget } = surroundings;
  const vr = resolveVr(element, pixelsAreSigned);
  const ownPath = path + element.tag;
  if (element.items) {
    return sequenceToJson(
      element.items.map((item, index) =>
        dataSetToJson(item, { ...surroundings, path: itemPath(surroundings, element, index) }),
      ),
    );
  }
  if (path === '' && PIXEL_DATA.test(element.tag)) return { vr, BulkDataURI: bulkDataUri(ownPath) };
  const bytes = valueBytes(file.head, element);
  // UN holds little endian whatever the file is in (PS3.5 6.2.2).
  const bigEndian = file.encoding.bigEndian && element.vr !== 'UN';
  if (isBinaryVr(vr)) {
    if (bytes.length > INLINE_LIMIT_BYTES || !budget.takes(bytes))
      return { vr, BulkDataURI: bulkDataUri(ownPath) };
    if (bytes.length === 0) return { vr };
    return { vr, InlineBinary: littleEndian(vr, bytes, bigEndian).toString('base64') };
  }
  if (!budget.takes(bytes)) return { vr, BulkDataURI: bulkDataUri(ownPath) };
  const Value = decodeValues(vr, bytes, { bigEndian, text });
  return Value.length > 0 ? { vr, Value } : { vr };
}

/** Settles VRs that the dictionary leaves to the data set, and UN where the dictionary knows better. */
function resolveVr(element: DataElement, pixelsAreSigned: boolean): string {
  const known = element.vr === 'UN' && !element.items ? (dictionaryVr(element.tag) ?? 'UN') : element.vr;
  if (known === 'xs') return pixelsAreSigned ? 'SS' : 'US';
  if (known === 'ox' || known === 'lt') return 'OW';
  return known === 'SQ' && !element.items ? 'UN' : known;
}

function valueBytes(head: Buffer, element: DataElement): Buffer {
  return head.subarray(element.offset, element.offset + (element.length ?? 0));
}

/**
 * The value that a bulk data path names, in little endian; `undefined` when the file has no such value.
 * Pixel data is not found here (see frameLayout.ts).
 */
export function findBulkData(file: Part10, path: readonly string[]): Buffer | undefined {
  let dataSet: DataSet | undefined = file.dataSet;
  for (let step = 0; step + 1 < path.length; step += 2) {
    const items: readonly DataSet[] | undefined = dataSet?.elements.get(path[step] ?? '')?.items;
    dataSet = items?.[Number(path[step + 1]) - 1];
  }
  const element = dataSet?.elements.get(path.at(-1) ?? '');
  if (!element || element.items || (path.length === 1 && PIXEL_DATA.test(element.tag))) return undefined;
  const vr = resolveVr(element, false);
  return littleEndian(vr, valueBytes(file.head, element), file.encoding.bigEndian && element.vr !== 'UN');
}
