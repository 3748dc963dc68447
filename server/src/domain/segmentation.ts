import type { ColourRgb } from './colourRgb.ts';
import type { AppliedAdaptation } from './online/onlineAdaptation.ts';
import type { Prompt } from './prompt.ts';
import type { OpeningWarning } from './openingWarning.ts';
import type { SegmentDescription } from './segmentDescription.ts';
import type { SegmentationType } from './segmentationFormat.ts';
import type { SeriesReference } from './seriesReference.ts';

export type { ColourRgb } from './colourRgb.ts';

/** What is known of a mask without its voxels. */
export interface MaskSummary {
  readonly voxelCount: number;
  readonly volumeMl: number;
  /** Of the volume whose grid it is on (domain/volumeFingerprint.ts); absent in logs older than it. */
  readonly volumeFingerprint?: string;
}

/** A mask at rest: run-length encoded (domain/runLength.ts), so that a long history stays small. */
export interface MaskSnapshot extends MaskSummary {
  readonly runLength: Uint8Array;
}

/** One thing a reader did to a segment, with what came of it. */
export type SegmentStep<Kept extends MaskSummary = MaskSnapshot> =
  | {
      readonly kind: 'prompt';
      /** Chosen by the caller: the same id sent twice is one click (retries lose and double nothing). */
      readonly promptId: string;
      readonly prompt: Prompt;
      readonly mask: Kept;
      readonly predictedIou: number;
      /** What the segment's first answer was fused with; absent: the frozen model answered alone. */
      readonly adaptation?: AppliedAdaptation;
    }
  | { readonly kind: 'clear' };

export interface Segment<Kept extends MaskSummary = MaskSnapshot> {
  /** 1-based, stable for the life of the segmentation. */
  readonly segmentNumber: number;
  readonly label: string;
  readonly colour: ColourRgb;
  readonly trackingUID: string;
  /** What the object that it was opened from says of it; absent once it has another label. */
  readonly description?: SegmentDescription;
  /** The mask that it was opened with, before all steps; absent when that was empty. */
  readonly openedMask?: Kept;
  /** Everything done, oldest first; those at and after `cursor` are undone and can be redone. */
  readonly steps: readonly SegmentStep<Kept>[];
  readonly cursor: number;
  /** Ids of all prompts ever taken, undone and overwritten ones included: a late retry is recognised. */
  readonly promptIds: readonly string[];
  /** The version of the segmentation that its newest prompt made, be it undone since; absent: it had none. */
  readonly lastPromptVersion?: number;
}

/** Where a saved segmentation lies in the archive. */
export interface StoredSegmentation {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** Version of the segmentation that was stored. */
  readonly version: number;
  /** Absent: BINARY. */
  readonly segmentationType?: SegmentationType;
  /** Measurements of what was stored. */
  readonly measurementReport?: StoredReport;
}

/** Where a measurement report lies in the archive. */
export interface StoredReport {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** Where the contours of a segmentation lie in the archive. */
export interface StoredStructureSet {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** Version of the segmentation that was stored. */
  readonly version: number;
}

/** The object in the archive that a segmentation was opened from. */
export interface OpenedObject {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly warnings: readonly OpeningWarning[];
}

/** @typeParam Kept what is at hand of its masks: lists are read without their voxels */
export interface Segmentation<Kept extends MaskSummary = MaskSnapshot> {
  readonly id: string;
  readonly series: SeriesReference;
  readonly modelId: string;
  readonly createdAt: string;
  readonly openedFrom?: OpenedObject;
  /** Counts the operations; starts at 0. */
  readonly version: number;
  /** The version at which it was last changed: storing changes nothing. */
  readonly contentVersion: number;
  readonly segments: readonly Segment<Kept>[];
  /** The highest segment number given so far: the number of a removed segment is not given again. */
  readonly lastSegmentNumber: number;
  readonly stored: readonly StoredSegmentation[];
  /** The newest one; absent: none was stored. */
  readonly structureSet?: StoredStructureSet;
}

/** One entry of the op log. A segmentation is the fold of its operations. */
export type Operation<Kept extends MaskSummary = MaskSnapshot> =
  | ({ readonly kind: 'opened' } & OpenedObject)
  | {
      readonly kind: 'segment-added';
      readonly segmentNumber: number;
      readonly label: string;
      readonly colour: ColourRgb;
      readonly trackingUID: string;
      readonly description?: SegmentDescription;
      readonly openedMask?: Kept;
    }
  | {
      readonly kind: 'segment-changed';
      readonly segmentNumber: number;
      readonly label: string;
      readonly colour: ColourRgb;
    }
  | { readonly kind: 'segment-removed'; readonly segmentNumber: number }
  | { readonly kind: 'step-added'; readonly segmentNumber: number; readonly step: SegmentStep<Kept> }
  | { readonly kind: 'undone'; readonly segmentNumber: number }
  | { readonly kind: 'redone'; readonly segmentNumber: number }
  | {
      readonly kind: 'stored';
      readonly seriesInstanceUID: string;
      readonly sopInstanceUID: string;
      readonly segmentationType?: SegmentationType;
    }
  /** On the newest of what was stored. */
  | { readonly kind: 'report-stored'; readonly seriesInstanceUID: string; readonly sopInstanceUID: string }
  | {
      readonly kind: 'structure-set-stored';
      readonly seriesInstanceUID: string;
      readonly sopInstanceUID: string;
    };
