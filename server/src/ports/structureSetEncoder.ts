import type { ExportedSegment } from './exportedSegment.ts';
import type { DerivedObject } from './derivedObject.ts';

export interface StructureSetToEncode extends DerivedObject {
  readonly segments: readonly ExportedSegment[];
}

/** Writes DICOM RT Structure Sets (PS3.3 A.19) as Part 10 files. */
export interface StructureSetEncoder {
  /** Gives others their turn meanwhile. @throws Problem cancelled */
  encode(structureSet: StructureSetToEncode, signal: AbortSignal): Promise<Uint8Array>;
}
