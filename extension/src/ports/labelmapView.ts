import type { ColourRgb } from '../domain/colours.ts';
import type { PointLps } from '../domain/pointLps.ts';
import type { SegmentMasks } from '../domain/segmentMasks.ts';
import type { SliceKey } from '../domain/sliceKey.ts';

export interface ShownSegment {
  readonly segmentNumber: number;
  readonly label: string;
  readonly colour: ColourRgb;
}

/** Shows the masks of one series over its images, in every viewport that shows it. */
export interface LabelmapView {
  /** Prepares an empty labelmap, so that the first result is painted without delay. */
  open(): Promise<void>;
  showSegments(segments: readonly ShownSegment[], activeSegmentNumber: number | null): void;
  /** Writes these slices anew from the masks, and no others. */
  paint(slices: ReadonlySet<SliceKey>, masks: SegmentMasks): void;
  /** Brings a position into view in every plane. */
  showPoint(pointLps: PointLps): void;
}

/** Shows the archive's content beside the images. */
export interface StudyBrowser {
  /** Has a series that was just stored appear. */
  showNewSeries(studyInstanceUID: string, seriesInstanceUID: string): Promise<void>;
}
