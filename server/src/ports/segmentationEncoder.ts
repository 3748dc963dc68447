import type { Mask } from '../domain/mask.ts';
import type { SegmentAlgorithm, SegmentCodes } from '../domain/segmentDescription.ts';
import type { ColourRgb } from '../domain/segmentation.ts';
import type { SegmentationFormat } from '../domain/segmentationFormat.ts';
import type { DerivedObject } from './derivedObject.ts';

export interface SegmentToEncode {
  readonly label: string;
  readonly colour: ColourRgb;
  readonly trackingUID: string;
  readonly mask: Mask;
  /** Absent: codes go by the label. */
  readonly codes?: SegmentCodes;
  /** Absent: the label. */
  readonly trackingID?: string;
  /** Absent: the segmentation's own. */
  readonly algorithm?: SegmentAlgorithm;
  /** Of the segmentation's own algorithm, where it did not answer as it comes. */
  readonly algorithmParameters?: string;
}

export interface SegmentationToEncode extends DerivedObject {
  /** Numbered 1…N in this order. */
  readonly segments: readonly SegmentToEncode[];
  readonly format: SegmentationFormat;
  readonly dimensionOrganizationUID: string;
  /** Slice indices k to write for every segment even where empty; absent: those that the format says. */
  readonly slices?: readonly number[];
}

/** Writes DICOM Segmentation objects (PS3.3 A.51) as Part 10 files. */
export interface SegmentationEncoder {
  /**
   * @throws Problem empty-segmentation when no frame would be written, segments-overlap when a voxel of a LABELMAP
   *   would be in two segments, payload-too-large
   */
  encode(segmentation: SegmentationToEncode): Uint8Array;
}
