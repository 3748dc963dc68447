import type { Vector3 } from './affine.ts';
import type { OpeningWarning } from './openingWarning.ts';
import type { SegmentDescription } from './segmentDescription.ts';
import type { ColourRgb } from './segmentation.ts';

/** A segment of a DICOM segmentation, whoever wrote it. */
export interface DecodedSegment {
  readonly segmentNumber: number;
  readonly label: string;
  /** Absent where the object recommends none. */
  readonly colour?: ColourRgb;
  /** Absent where the object does not track the segment. */
  readonly trackingUID?: string;
  readonly description: SegmentDescription;
}

/** Where the pixels of a frame lie. */
export interface FramePlane {
  /** Centre of the first pixel. */
  readonly originLps: Vector3;
  /** mm from one column, and from one row, to the next. */
  readonly columnStepLps: Vector3;
  readonly rowStepLps: Vector3;
}

export interface SegmentationFrame {
  /** 1-based. */
  readonly frameNumber: number;
  readonly plane: FramePlane;
  /** Segment number of every pixel, row by row, or a background label. */
  readonly labels: Uint8Array | Uint16Array;
  /** The only instance, and frame (1-based) of it, that this says it was made from; without a frame, any of its frames. */
  readonly source?: { readonly sopInstanceUID: string; readonly frameNumber?: number };
}

/** A DICOM segmentation (PS3.3 A.51). */
export interface DecodedSegmentation {
  readonly sopInstanceUID: string;
  readonly frameOfReferenceUID: string;
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly DecodedSegment[];
  readonly backgroundLabels: ReadonlySet<number>;
  /** What reading it has changed. */
  readonly warnings: readonly OpeningWarning[];
  /** In their order in the object. @throws Problem unsupported-segmentation, unsupported-pixel-data */
  frames(): AsyncIterable<SegmentationFrame>;
}
