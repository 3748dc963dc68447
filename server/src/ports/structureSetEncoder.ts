import type { Volume } from '../domain/volume.ts';
import type { ExportedSegment } from './exportedSegment.ts';

export interface StructureSetToEncode {
  readonly source: Omit<Volume, 'values' | 'rescale'>;
  readonly segments: readonly ExportedSegment[];
  readonly algorithmName: string;
  readonly algorithmVersion: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly seriesDescription: string;
  readonly contentDate: Date;
}

/** Writes DICOM RT Structure Sets (PS3.3 A.19) as Part 10 files. */
export interface StructureSetEncoder {
  encode(structureSet: StructureSetToEncode): Uint8Array;
}
