import type { DicomJsonDataset, DicomJsonElement } from '../../domain/dicomJson.ts';

/** Attributes of the patient and of the study (PS3.3 C.7.1, C.7.2). */
const STUDY_TAGS = new Set([
  ...['00080020', '00080030', '00080050', '00080051', '00080090', '00080201', '00081030', '00081032'],
  ...['00081048', '00081060', '00081080', '00081110', '00100010', '00100020', '00100021', '00100030'],
  ...['00100032', '00100040', '00101000', '00101001', '00101002', '00101010', '00101020', '00101030'],
  ...['00102160', '00102180', '001021B0', '00104000', '0020000D', '00200010'],
]);

/** Attributes of the series and its equipment (PS3.3 C.7.3, C.7.5). */
const SERIES_TAGS = new Set([
  ...['00080021', '00080031', '00080060', '00080070', '00080080', '00081010', '0008103E', '00081040'],
  ...['00081050', '00081070', '00081090', '00180015', '00181000', '00181020', '00181030', '00185100'],
  ...['0020000E', '00200011', '00200052', '00200060', '00400244', '00400245', '00400254', '00400275'],
]);

/** Longer elements (JSON text) are found in the metadata only. */
const MAX_ELEMENT_CHARACTERS = 1024;

export interface AttributesByLevel {
  readonly study: DicomJsonDataset;
  readonly series: DicomJsonDataset;
  readonly instance: DicomJsonDataset;
}

/** Parts the elements of an instance that searches can match and return. */
export function attributesByLevel(dataset: DicomJsonDataset): AttributesByLevel {
  const levels = {
    study: {} as Record<string, DicomJsonElement>,
    series: {} as Record<string, DicomJsonElement>,
    instance: {} as Record<string, DicomJsonElement>,
  };
  for (const [tag, element] of Object.entries(dataset)) {
    if (element.BulkDataURI !== undefined || element.InlineBinary !== undefined) continue;
    if (JSON.stringify(element).length > MAX_ELEMENT_CHARACTERS) continue;
    const level = STUDY_TAGS.has(tag) ? 'study' : SERIES_TAGS.has(tag) ? 'series' : 'instance';
    levels[level][tag] = element;
  }
  return levels;
}

/** Level of an attribute that a query names. */
export function levelOf(tag: string): keyof AttributesByLevel {
  return STUDY_TAGS.has(tag) ? 'study' : SERIES_TAGS.has(tag) ? 'series' : 'instance';
}
