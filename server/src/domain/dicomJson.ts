/** The DICOM JSON Model (PS3.18 Annex F): elements by tag, eight capital hexadecimal digits. */
export type DicomJsonDataset = Readonly<Record<string, DicomJsonElement>>;

export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly DicomJsonValue[];
  /** base64 */
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

export type DicomJsonValue = string | number | null | DicomJsonPersonName | DicomJsonDataset;

export interface DicomJsonPersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}
