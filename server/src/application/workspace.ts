import type { Mask } from '../domain/mask.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import type { Prompt } from '../domain/prompt.ts';
import type { SegmentationFormat } from '../domain/segmentationFormat.ts';
import type { NamedUid, NewUid } from '../domain/uid.ts';
import type { Segmentation } from '../domain/segmentation.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import type { Volume } from '../domain/volume.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { LabelmapEncoder } from '../ports/labelmapEncoder.ts';
import type { MeasurementReportEncoder } from '../ports/measurementReportEncoder.ts';
import type { ModelZoo } from '../ports/modelZoo.ts';
import type { SegmentationArchive } from '../ports/segmentationArchive.ts';
import type { SegmentationDecoder } from '../ports/segmentationDecoder.ts';
import type { SegmentationEncoder } from '../ports/segmentationEncoder.ts';
import type { StructureSetEncoder } from '../ports/structureSetEncoder.ts';
import type { WorkspaceStore } from '../ports/workspaceStore.ts';
import type { KeyedMutex } from './keyedMutex.ts';
import type { Timings } from './timings.ts';

export interface LoadedVolume {
  readonly volume: Volume;
  readonly timings: Timings;
}

export interface Prediction extends LoadedVolume {
  readonly mask: Mask;
  readonly predictedIou: number;
  /** The answer to the first prompt was fused with the adaptation. */
  readonly isAdapted: boolean;
}

/** The mask that a segment was opened with. */
export interface OpenedMask {
  /** Names it: equal keys must mean equal masks. */
  readonly key: string;
  /** domain/runLength.ts */
  readonly runLength: Uint8Array;
}

export interface PredictionInput {
  readonly series: SeriesReference;
  readonly modelId: string;
  /** In the order given; the prediction depends on nothing else than they, `opened` and `adaptation`. */
  readonly prompts: readonly Prompt[];
  /** What the prompts correct; absent: they start from nothing. */
  readonly opened?: OpenedMask | undefined;
  /** What accepted cases have taught; absent: the frozen model answers alone. */
  readonly adaptation?: AppliedAdaptation | undefined;
}

/** What the use cases on segmentations work with. */
export interface FoundAdaptation {
  /** Undefined: the frozen model answers alone. */
  readonly adaptation: AppliedAdaptation | undefined;
  /** Of loading the series, which it is looked up for, and of looking it up. */
  readonly timings: Timings;
}

export interface Workspace {
  readonly store: WorkspaceStore;
  readonly zoo: ModelZoo;
  readonly imageArchive: Pick<ImageArchive, 'retrieveSeries' | 'countInstances'>;
  readonly segmentationDecoder: SegmentationDecoder;
  readonly segmentationEncoder: SegmentationEncoder;
  /** Of objects and segments that are made here. */
  readonly newUid: NewUid;
  /** Of what is stored: of the same content it is the same object when it has to be stored again. */
  readonly namedUid: NamedUid;
  /** What the archive likes best. */
  readonly segmentationFormat: SegmentationFormat;
  readonly measurementReportEncoder: MeasurementReportEncoder;
  readonly structureSetEncoder: StructureSetEncoder;
  readonly labelmapEncoder: LabelmapEncoder;
  readonly segmentationArchive: SegmentationArchive;
  /** Keyed by segmentation id: edits of one segmentation come one after the other. */
  readonly mutex: KeyedMutex;
  readonly loadVolume: (series: SeriesReference, signal: AbortSignal) => Promise<LoadedVolume>;
  readonly predict: (input: PredictionInput, signal: AbortSignal) => Promise<Prediction>;
  /** What accepted cases have taught about segments of this label, as things stand. */
  readonly adaptationFor: (
    segmentation: Segmentation,
    label: string,
    signal: AbortSignal,
  ) => Promise<FoundAdaptation>;
  /** Writes down what is to be learned from a segmentation that is about to be stored. It never rejects: false says so. */
  readonly noteLessons: (segmentation: Segmentation, volume: Volume) => Promise<boolean>;
  /** Learns from what a reader has stored. It never rejects, a save does not fail for it: false says so. */
  readonly learnFromAccepted: (segmentation: Segmentation) => Promise<boolean>;
}
