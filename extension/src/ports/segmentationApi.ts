import type {
  Capabilities,
  IdentifiedPromptContract,
  SavedSegmentationContract,
  SegmentationContract,
  SegmentUpdateHeader,
  TermList,
} from '@tomoclick/server/contract';
import type { ColourRgb } from '../domain/colours.ts';
import type { SliceBits } from '../domain/segmentMasks.ts';
import type { SliceKey } from '../domain/sliceKey.ts';
import type { ObjectReference } from '../domain/storedObject.ts';

export interface SeriesReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** An image of the volume that is meant; absent: the series is one volume. */
  readonly image?: { readonly sopInstanceUID: string; readonly frameNumber?: number };
}

export interface SegmentDescription {
  readonly label: string;
  readonly colour: ColourRgb;
}

/** What one step did to one segment: the numbers, and the slices that changed (complete, empty ones included). */
export interface SegmentChange {
  readonly update: SegmentUpdateHeader;
  readonly slices: ReadonlyMap<SliceKey, SliceBits>;
}

/** The mask of one segment; the segment is named by its tracking UID, numbers differ between objects. */
export interface SegmentMask {
  readonly trackingUID: string;
  readonly slices: ReadonlyMap<SliceKey, SliceBits>;
}

export type Step = 'undo' | 'redo' | 'clear';

/** What a segmentation can be taken away as. */
export type ExportFormat = 'rtstruct' | 'nifti';

/**
 * The Tomoclick server.
 * @throws RefusedByServer | NoAnswer from every method
 */
export interface SegmentationApi {
  capabilities(): Promise<Capabilities>;
  /** The coded terms that a label can begin to name, best first. */
  findTerms(query: string): Promise<TermList>;
  /** Has the server begin to read the series, ahead of the first click. */
  warm(series: SeriesReference): Promise<void>;
  /** Has the server prepare for a first click where the reader points. */
  warmPoint(series: SeriesReference, pointLps: readonly [number, number, number]): Promise<void>;
  /** The segmentation of a series, or of the volume that its image names, that was edited last. */
  find(series: SeriesReference): Promise<SegmentationContract | null>;
  read(id: string): Promise<SegmentationContract>;
  /** The masks of all segments that are not empty. */
  readMasks(id: string): Promise<readonly SegmentMask[]>;
  create(series: SeriesReference): Promise<SegmentationContract>;
  /** A new segmentation that begins with what a DICOM segmentation of the study holds. */
  openStored(series: SeriesReference, object: ObjectReference): Promise<SegmentationContract>;
  /** The new segment is the last of the reply. */
  addSegment(id: string, segment: SegmentDescription): Promise<SegmentationContract>;
  changeSegment(
    id: string,
    segmentNumber: number,
    segment: SegmentDescription,
  ): Promise<SegmentationContract>;
  removeSegment(id: string, segmentNumber: number): Promise<SegmentationContract>;
  /** The same prompt id sent twice is one click. @param isAdaptive accepted cases may have their say in the answer */
  addPrompt(
    id: string,
    segmentNumber: number,
    prompt: IdentifiedPromptContract,
    isAdaptive: boolean,
  ): Promise<SegmentChange>;
  /** What accepted cases have taught. */
  forgetAdaptation(adaptationId: string): Promise<void>;
  /** Refused with `precondition-failed` when the segmentation is no longer at `version`. */
  takeStep(id: string, segmentNumber: number, step: Step, version: number): Promise<SegmentChange>;
  /**
   * Writes the SEG into the archive, once a version. `stored` of the reply ends with where. Refused with
   * `precondition-failed` when the segmentation is no longer at `version`; null: any will do.
   */
  store(id: string, version: number | null): Promise<SavedSegmentationContract>;
  /** Where the browser downloads all segments that are not empty. */
  exportAddress(id: string, format: ExportFormat): string;
}
