import type { SeriesReference } from './seriesReference.ts';
import type { TaskClass } from './task.ts';
import type { PartOfPackage } from './taskPackage.ts';

export const ADAPTATION_METHODS = ['samed', 'vanilla', 'ma_sam', 'sam_adapter_3d', 'finetuned'] as const;
export type AdaptationMethod = (typeof ADAPTATION_METHODS)[number];

export const FINETUNED_PARTS = ['encoder+decoder', 'decoder'] as const;
export const FINETUNED_CHANGES = ['vanilla', 'adapter', 'LoRA'] as const;

/** Of every job; each method takes what it knows. */
export interface AdaptationSettings {
  readonly steps: number;
  /** Of the LoRA factors. */
  readonly rank: number;
  readonly seed: number;
  /** Of the cross-validation. */
  readonly folds: number;
  /** Of the samples, those drawn again in another exemplar's intensities (Cheap Lunch, Feng et al. 2023). */
  readonly synthesisShare: number;
  /** What _finetuned_ changes of the base, and how (finetune-SAM, Gu et al. 2024). */
  readonly parts: (typeof FINETUNED_PARTS)[number];
  readonly change: (typeof FINETUNED_CHANGES)[number];
}

/**
 * In the labelmap of a case: of the voxel nothing is known, since the series lacks its slice. No place of a class; the
 * worker has the same number (cases.py).
 */
export const UNSEEN_LABEL = 255;

/** Where a case's labels come from. */
export type LabelOrigin =
  | { readonly kind: 'workspace'; readonly segmentationId: string; readonly version: number }
  | { readonly kind: 'object'; readonly seriesInstanceUID: string; readonly sopInstanceUID: string };

/** A labelled volume to learn from. */
export interface AdaptationCase {
  readonly caseId: string;
  readonly series: SeriesReference;
  readonly origin: LabelOrigin;
  /** Equal for cases of one patient; it tells nothing of who that is. */
  readonly patientKey: string;
  /** 1-based; all cases of a patient are in one fold. */
  readonly fold: number;
  /** Of the labels as they were when the job was made (gzipped NIfTI, in the file store). */
  readonly labelmapSha256: string;
  /** Of the volume that they lie on (volumeFingerprint.ts). */
  readonly volumeFingerprint: string;
}

/** A worker's right to a job, for as long as it keeps renewing it. */
export interface Lease {
  readonly leaseId: string;
  readonly worker: string;
  readonly expiresMs: number;
}

export interface TrainingProgress {
  readonly phase: string;
  readonly step: number;
  readonly steps: number;
}

/** SHA-256 of the newest checkpoint; absent: the next attempt begins anew. */
interface Resumable {
  /** From that checkpoint on, the one that made it included. */
  readonly attempts: number;
  readonly checkpointSha256?: string;
}

export type AdaptationState =
  | ({ readonly kind: 'queued' } & Resumable)
  | ({
      readonly kind: 'running';
      readonly lease: Lease;
      readonly progress?: TrainingProgress;
      /** SHA-256 of what the worker has handed over of the package so far. */
      readonly files: PartOfPackage<string>;
    } & Resumable)
  /** The worker has yet to hear of it. */
  | { readonly kind: 'cancelling'; readonly lease: Lease }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** `leaseId` of who completed it, so that a repeated completion is recognised. */
  | { readonly kind: 'done'; readonly taskId: string; readonly leaseId: string };

export interface Adaptation {
  readonly id: string;
  readonly createdAt: string;
  readonly title: string;
  readonly method: AdaptationMethod;
  readonly base: { readonly model: string; readonly version: string };
  readonly modalities: readonly string[];
  readonly classes: readonly TaskClass[];
  readonly settings: AdaptationSettings;
  readonly cases: readonly AdaptationCase[];
  readonly state: AdaptationState;
}

/** One report of the worker: a point of the curves, a line of the log, or both. */
export interface TrainingReport extends TrainingProgress {
  readonly at: string;
  readonly loss?: number;
  readonly dice?: number;
  readonly line?: string;
}
