import { decodingMeasures } from './decoding.ts';
import { hostileInputMeasures } from './hostileInput.ts';
import { retrievalMeasures } from './retrieval.ts';
import { segmentationMeasures } from './segmentations.ts';
import type { Measure } from './table.ts';

/** `npm run bench -- dicom`: what lies between an archive and a volume, and what is written back. Adds to `measures` as it goes. */
export async function measureDicom(measures: Measure[]): Promise<void> {
  for (const measure of [decodingMeasures, retrievalMeasures, segmentationMeasures, hostileInputMeasures]) {
    measures.push(...(await measure()));
  }
}
