import { data, type NaturalizedDataset } from 'dcmjs';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transferSyntax.ts';

/** Length of the file meta information (PS3.10 7.1) ends here, behind preamble and prefix. */
const END_OF_META_LENGTH = 144;
/** What is copied from images may be longer than its VR allows: the object is to say what they say, not to fail. */
const AS_LONG_AS_IT_IS = { allowInvalidVRLength: true };

/** A data set as it stands behind the file meta information; little endian, explicit VR unless told otherwise. */
export function datasetBytes(
  dataset: NaturalizedDataset,
  transferSyntaxUID = EXPLICIT_VR_LITTLE_ENDIAN,
): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({ TransferSyntaxUID: transferSyntaxUID }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  const written = new DataView(file.write(AS_LONG_AS_IT_IS));
  const metaLength = written.getUint32(END_OF_META_LENGTH - 4, true);
  return new Uint8Array(written.buffer, END_OF_META_LENGTH + metaLength);
}
