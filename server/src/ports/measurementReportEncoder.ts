import type { SegmentCodes } from '../domain/segmentDescription.ts';
import type { SegmentMeasurements } from '../domain/segmentMeasurements.ts';
import type { SegmentationType } from '../domain/segmentationFormat.ts';
import type { DerivedObject } from './derivedObject.ts';

export interface MeasuredSegmentToEncode {
  /** As in the SEG that is referenced. */
  readonly segmentNumber: number;
  readonly label: string;
  readonly trackingUID: string;
  readonly measurements: SegmentMeasurements;
  /** Absent: codes go by the label. */
  readonly codes?: SegmentCodes;
  /** Absent: the label. */
  readonly trackingID?: string;
}

/** Where the measured SEG lies. */
export interface ReferencedSegmentation {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly segmentationType: SegmentationType;
}

export interface MeasurementReportToEncode extends DerivedObject {
  readonly segmentation: ReferencedSegmentation;
  readonly segments: readonly MeasuredSegmentToEncode[];
}

/** Writes measurements of segments as DICOM SR documents (PS3.16 TID 1500) in Part 10 files. */
export interface MeasurementReportEncoder {
  encode(report: MeasurementReportToEncode): Uint8Array;
}
