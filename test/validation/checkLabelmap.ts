import type { DataSet, Element } from 'dicom-parser';
import { dictionaryVr, tagOf } from '../../server/src/formats/dicomDictionary.ts';
import { LABELMAP_RULES, UNEVEN_LABELMAP_RULES, type AttributeRule } from './labelmapRules.ts';

const BYTES_PER_NUMBER: Readonly<Record<string, number>> = { US: 2, UL: 4 };

/** What is wrong with a Label Map Segmentation; each fault begins with the keyword of the attribute. */
export function checkLabelmap(dataSet: DataSet): readonly string[] {
  const ownMeasures = dataSetsAt(dataSet, ['PerFrameFunctionalGroupsSequence', 'PixelMeasuresSequence']);
  const rules = ownMeasures.length > 0 ? UNEVEN_LABELMAP_RULES : LABELMAP_RULES;
  const faults = rules.flatMap(rule =>
    dataSetsAt(dataSet, rule.path).flatMap(holder => brokenBy(rule, holder)),
  );
  // What does not even have its attributes cannot be asked how they go together.
  return faults.length > 0 ? faults : inconsistencies(dataSet);
}

/** Every item that a path of sequence keywords leads to. */
export function dataSetsAt(dataSet: DataSet, path: readonly string[]): readonly DataSet[] {
  return path.reduce<readonly DataSet[]>(
    (holders, keyword) => holders.flatMap(holder => itemsOf(holder, keyword)),
    [dataSet],
  );
}

export function elementOf(dataSet: DataSet, keyword: string): Element | undefined {
  return dataSet.elements[elementKey(keyword)];
}

export function elementKey(keyword: string): string {
  const tag = tagOf(keyword);
  if (tag === undefined) throw new Error(`${keyword} is no keyword of the data dictionary`);
  return `x${tag.toLowerCase()}`;
}

function itemsOf(dataSet: DataSet, keyword: string): readonly DataSet[] {
  return (elementOf(dataSet, keyword)?.items ?? []).flatMap(item => item.dataSet ?? []);
}

function brokenBy({ module, keyword, type, values }: AttributeRule, holder: DataSet): readonly string[] {
  const fault = (words: string): readonly string[] => [`${keyword} ${words} (${module})`];
  const element = elementOf(holder, keyword);
  if (type === 'absent') return element ? fault('must not be there') : [];
  if (!element) return fault('is missing');
  const expectedVr = dictionaryVr(tagOf(keyword) ?? '') ?? '';
  // Lower case: the data set decides.
  if (/^[A-Z]/.test(expectedVr) && element.vr !== expectedVr) return fault(`has VR ${element.vr}`);
  if (type === '1' && isEmpty(element)) return fault('has no value');
  if (!values) return [];
  const found = valuesOf(holder, keyword);
  const fits =
    typeof values[0] === 'number'
      ? found.length === 1 && values.includes(found[0] ?? '')
      : found.join('\\') === values.join('\\');
  return fits ? [] : fault(`is ${found.join('\\')}`);
}

function isEmpty({ items, length, fragments }: Element): boolean {
  return items ? items.length === 0 : length === 0 && !fragments?.length;
}

function valuesOf(dataSet: DataSet, keyword: string): readonly (string | number)[] {
  const element = elementOf(dataSet, keyword);
  const size = BYTES_PER_NUMBER[element?.vr ?? ''];
  if (!element || size === undefined) return (dataSet.string(elementKey(keyword)) ?? '').split('\\');
  return Array.from({ length: element.length / size }, (_, index) => {
    const value =
      size === 2 ? dataSet.uint16(elementKey(keyword), index) : dataSet.uint32(elementKey(keyword), index);
    return value ?? NaN;
  });
}

function numberOf(dataSet: DataSet, keyword: string): number {
  return Number(valuesOf(dataSet, keyword)[0]);
}

/** How attributes that are all there go together. */
function inconsistencies(dataSet: DataSet): readonly string[] {
  return [...pixelDescription(dataSet), ...dimensions(dataSet), ...segments(dataSet), ...references(dataSet)];
}

function pixelDescription(dataSet: DataSet): readonly string[] {
  const [bitsAllocated, frames] = [numberOf(dataSet, 'BitsAllocated'), numberOf(dataSet, 'NumberOfFrames')];
  const faults: string[] = [];
  if (numberOf(dataSet, 'BitsStored') !== bitsAllocated) faults.push('BitsStored is not BitsAllocated');
  if (numberOf(dataSet, 'HighBit') !== bitsAllocated - 1) faults.push('HighBit is not the highest bit');
  const groups = itemsOf(dataSet, 'PerFrameFunctionalGroupsSequence').length;
  if (groups !== frames) faults.push(`NumberOfFrames is ${frames}, functional groups are ${groups}`);
  const pixels = elementOf(dataSet, 'PixelData');
  if (pixels?.encapsulatedPixelData) {
    const count = pixels.fragments?.length ?? 0;
    if (count !== frames) faults.push(`PixelData has ${count} fragments for ${frames} frames`);
  } else {
    const bytes = (numberOf(dataSet, 'Rows') * numberOf(dataSet, 'Columns') * frames * bitsAllocated) / 8;
    if (pixels?.length !== bytes + (bytes % 2))
      faults.push(`PixelData has ${pixels?.length} bytes, not ${bytes}`);
    if (bitsAllocated === 16 && pixels?.vr !== 'OW') faults.push('PixelData of 16 bits is not OW');
  }
  return faults;
}

/** PS3.3 C.7.6.17: index values count the positions from 1, and no two frames share them all. */
function dimensions(dataSet: DataSet): readonly string[] {
  const faults: string[] = [];
  const pointers = itemsOf(dataSet, 'DimensionIndexSequence').map(item =>
    item.attributeTag(elementKey('DimensionIndexPointer')),
  );
  if (pointers.includes(elementKey('ReferencedSegmentNumber'))) {
    faults.push('DimensionIndexPointer names a segment, of which a label map has no frames');
  }
  const organizations = itemsOf(dataSet, 'DimensionOrganizationSequence').map(
    item => valuesOf(item, 'DimensionOrganizationUID')[0],
  );
  for (const item of itemsOf(dataSet, 'DimensionIndexSequence')) {
    if (!organizations.includes(valuesOf(item, 'DimensionOrganizationUID')[0])) {
      faults.push('DimensionOrganizationUID of an index names no organization');
    }
  }
  const frames = itemsOf(dataSet, 'PerFrameFunctionalGroupsSequence');
  const indices = frames.map(frame => {
    const [content] = itemsOf(frame, 'FrameContentSequence');
    return content ? valuesOf(content, 'DimensionIndexValues') : [];
  });
  if (indices.some(values => values.length !== pointers.length)) {
    faults.push('DimensionIndexValues are not one for each dimension');
  }
  if (new Set(indices.map(String)).size !== indices.length) {
    faults.push('DimensionIndexValues are those of another frame');
  }
  if (indices.flat().some(value => !(Number(value) >= 1))) {
    faults.push('DimensionIndexValues do not count from 1');
  }
  const positions = frames.map(frame => {
    const [plane] = itemsOf(frame, 'PlanePositionSequence');
    return String(plane && valuesOf(plane, 'ImagePositionPatient'));
  });
  // Two frames at one position would let segments overlap.
  if (new Set(positions).size !== positions.length) {
    faults.push('ImagePositionPatient is that of another frame');
  }
  return faults;
}

function segments(dataSet: DataSet): readonly string[] {
  const faults: string[] = [];
  const items = itemsOf(dataSet, 'SegmentSequence');
  const numbers = items.map(item => numberOf(item, 'SegmentNumber'));
  if (new Set(numbers).size !== numbers.length) faults.push('SegmentNumber is that of another segment');
  if (numbers.includes(numberOf(dataSet, 'PixelPaddingValue'))) {
    faults.push('SegmentNumber is that of the background');
  }
  const undescribed = [...storedValues(dataSet)].filter(
    value => value !== numberOf(dataSet, 'PixelPaddingValue') && !numbers.includes(value),
  );
  if (undescribed.length > 0)
    faults.push(`PixelData holds ${undescribed.join()}, which no segment describes`);
  const types = items.map(item => String(valuesOf(item, 'SegmentAlgorithmType')[0]));
  if (types.some(type => !['AUTOMATIC', 'SEMIAUTOMATIC', 'MANUAL'].includes(type))) {
    faults.push('SegmentAlgorithmType is none of the standard');
  }
  return faults;
}

/** Of native pixel data; compressed ones are for readers to judge. */
function storedValues(dataSet: DataSet): ReadonlySet<number> {
  const pixels = elementOf(dataSet, 'PixelData');
  if (!pixels || pixels.encapsulatedPixelData) return new Set();
  const bytes = dataSet.byteArray.slice(pixels.dataOffset, pixels.dataOffset + pixels.length);
  return new Set(
    numberOf(dataSet, 'BitsAllocated') === 16 ? new Uint16Array(Uint8Array.from(bytes).buffer) : bytes,
  );
}

/** Every source image is named in the Common Instance Reference module, too. */
function references(dataSet: DataSet): readonly string[] {
  const uidsAt = (path: readonly string[]): readonly string[] =>
    dataSetsAt(dataSet, path).map(item => String(valuesOf(item, 'ReferencedSOPInstanceUID')[0]));
  const named = uidsAt(['ReferencedSeriesSequence', 'ReferencedInstanceSequence']);
  const sources = uidsAt([
    'PerFrameFunctionalGroupsSequence',
    ...['DerivationImageSequence', 'SourceImageSequence'],
  ]);
  return sources.every(uid => named.includes(uid))
    ? []
    : ['ReferencedSOPInstanceUID of a frame is not in ReferencedSeriesSequence'];
}
