/** The parts of dcmjs 0.51 that we use; it ships no types. */
declare module 'dcmjs' {
  export interface DictionaryEntry {
    /** `(GGGG,EEEE)` */
    readonly tag: string;
    /** Two capitals, or lower-case where the VR depends on the data set: ox, xs, lt, up, na. */
    readonly vr: string;
    readonly vm: string;
    readonly name: string;
  }
  export type NaturalizedValue = string | number | ArrayBuffer | NaturalizedDataset;
  export interface NaturalizedDataset {
    readonly [keyword: string]: NaturalizedValue | readonly NaturalizedValue[];
  }
  export type TaggedDataset = Readonly<Record<string, unknown>>;
  export const data: {
    readonly DicomMetaDictionary: {
      /** By `(GGGG,EEEE)`. */
      readonly dictionary: Readonly<Record<string, DictionaryEntry | undefined>>;
      /** By keyword. */
      readonly nameMap: Readonly<Record<string, DictionaryEntry | undefined>>;
      /** From keywords to tags with their VR. */
      denaturalizeDataset(dataset: NaturalizedDataset): TaggedDataset;
      /** From tags with their VR (DICOM JSON) to keywords, as OHIF does. */
      naturalizeDataset(dataset: object): NaturalizedDataset;
    };
    readonly Colors: {
      /** CIELab as DICOM encodes it to sRGB, 0…1 a channel. */
      dicomlab2RGB(lab: readonly number[]): readonly number[];
    };
    readonly DicomDict: new (meta: TaggedDataset) => {
      dict: TaggedDataset;
      /** Part 10 file: explicit VR little endian, text in UTF-8, sequences of undefined length. */
      write(options?: { readonly allowInvalidVRLength: boolean }): ArrayBuffer;
    };
  };
}
