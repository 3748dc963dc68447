import type { Mask } from '../domain/mask.ts';
import type { ColourRgb } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';

export interface SegmentToEncode {
  readonly label: string;
  readonly colour: ColourRgb;
  readonly trackingUID: string;
  readonly mask: Mask;
}

export interface SegmentationToEncode {
  /** Only geometry, slices, series and patient attributes are used. */
  readonly source: Omit<Volume, 'values' | 'rescale'>;
  /** Numbered 1…N in this order. */
  readonly segments: readonly SegmentToEncode[];
  /** Slice indices k to write for every segment even where empty; absent: the non-empty frames of each. */
  readonly slices?: readonly number[];
  readonly algorithmName: string;
  readonly algorithmVersion: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly seriesDescription: string;
  readonly contentDate: Date;
}

/** Writes DICOM Segmentation objects (BINARY, PS3.3 A.51) as Part 10 files. */
export interface SegmentationEncoder {
  /** @throws Problem empty-segmentation when no frame would be written */
  encode(segmentation: SegmentationToEncode): Uint8Array;
}
