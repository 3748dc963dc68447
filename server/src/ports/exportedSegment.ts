import type { Mask } from '../domain/mask.ts';
import type { SegmentCodes } from '../domain/segmentDescription.ts';
import type { ColourRgb } from '../domain/segmentation.ts';

/** A segment on its way out of DICOM SEG; it keeps its number. */
export interface ExportedSegment {
  readonly segmentNumber: number;
  readonly label: string;
  readonly colour: ColourRgb;
  readonly mask: Mask;
  readonly codes: SegmentCodes;
}
