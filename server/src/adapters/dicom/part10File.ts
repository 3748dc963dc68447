import type { NaturalizedDataset } from 'dcmjs';
import { datasetBytes } from './datasetBytes.ts';
import { fileMeta } from './fileMeta.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transferSyntax.ts';

/** A Part 10 file of one data set (PS3.10 7.1); text is written in UTF-8. */
export function part10File(
  dataset: NaturalizedDataset & { readonly SOPClassUID: string; readonly SOPInstanceUID: string },
  transferSyntaxUID = EXPLICIT_VR_LITTLE_ENDIAN,
): Uint8Array {
  const { SOPClassUID: sopClassUID, SOPInstanceUID: sopInstanceUID } = dataset;
  return Buffer.concat([
    fileMeta({ sopClassUID, sopInstanceUID, transferSyntaxUID }),
    datasetBytes({ SpecificCharacterSet: 'ISO_IR 192', ...dataset }, transferSyntaxUID),
  ]);
}
