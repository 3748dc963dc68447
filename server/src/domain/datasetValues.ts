import type { DicomJsonDataset, DicomJsonElement } from './dicomJson.ts';

const SHARED_GROUPS = '52009229';
const PER_FRAME_GROUPS = '52009230';

/** All numbers of an attribute; what is no number is left out. */
export function numbersOf(dataset: DicomJsonDataset, tag: string): readonly number[] {
  return dataset[tag]?.Value?.filter(value => typeof value === 'number') ?? [];
}

export function textOf(dataset: DicomJsonDataset, tag: string): string {
  const value = dataset[tag]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}

/** Items of a sequence. */
export function itemsOf(dataset: DicomJsonDataset, tag: string): readonly DicomJsonDataset[] {
  return dataset[tag]?.vr === 'SQ' ? (dataset[tag].Value?.filter(isDataset) ?? []) : [];
}

/** One item of a sequence, without a look at the others. */
export function itemAt(dataset: DicomJsonDataset, tag: string, index: number): DicomJsonDataset | undefined {
  const item = dataset[tag]?.vr === 'SQ' ? dataset[tag].Value?.[index] : undefined;
  return item !== undefined && isDataset(item) ? item : undefined;
}

/**
 * The data set that holds a macro's attributes for one frame: the item of `sequenceTag` in the frame's own
 * functional group or the shared one (PS3.3 C.7.6.16), else the data set itself.
 */
export function macroOf(
  dataset: DicomJsonDataset,
  sequenceTag: string,
  frameNumber: number,
): DicomJsonDataset {
  const groups = [itemAt(dataset, PER_FRAME_GROUPS, frameNumber - 1), itemAt(dataset, SHARED_GROUPS, 0)];
  for (const group of groups) {
    const item = group && itemsOf(group, sequenceTag)[0];
    if (item) return item;
  }
  return dataset;
}

function isDataset(value: NonNullable<DicomJsonElement['Value']>[number]): value is DicomJsonDataset {
  return value !== null && typeof value === 'object' && !('Alphabetic' in value);
}
