import type { ExportedSegment } from './exportedSegment.ts';
import type { DerivedObject } from './derivedObject.ts';

export interface StructureSetToEncode extends DerivedObject {
  readonly segments: readonly ExportedSegment[];
}

/** Writes DICOM RT Structure Sets (PS3.3 A.19) as Part 10 files. */
export interface StructureSetEncoder {
  encode(structureSet: StructureSetToEncode): Uint8Array;
}
