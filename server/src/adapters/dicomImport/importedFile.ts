/** Something that may be a DICOM file. */
export interface ImportedFile {
  /** For people: which file could not be imported. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}
