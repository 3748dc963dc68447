import { data, type NaturalizedDataset } from 'dcmjs';

export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const IMPLEMENTATION_CLASS_UID = '2.25.8327930361874455139446869833052149369';

/** A Part 10 file of one data set (PS3.10 7.1); text is written in UTF-8. */
export function part10File(
  dataset: NaturalizedDataset & { readonly SOPClassUID: string; readonly SOPInstanceUID: string },
  transferSyntaxUID = EXPLICIT_VR_LITTLE_ENDIAN,
): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: transferSyntaxUID,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: 'TOMOCLICK',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset({ SpecificCharacterSet: 'ISO_IR 192', ...dataset });
  return new Uint8Array(file.write());
}
