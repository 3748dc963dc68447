import type { Vector3 } from '../../domain/affine.ts';
import type { BorderWalkSettings, EncoderWeight, RefinementSettings } from '../../domain/modelManifest.ts';
import type { FeatureLevel } from '../../ports/featureEngine.ts';
import type { RegionBox, RegionPoint } from '../../ports/segmentationEngine.ts';
import type { TaskModelFile, TaskNetwork } from '../../ports/taskEngine.ts';

/** A model as the engine process needs it: where its graphs lie, and what they do not say. */
export interface LoadedGraphs {
  readonly modelKey: string;
  readonly imageEncoderPath: string;
  readonly promptEncoderPath: string;
  readonly maskDecoderPath: string;
  readonly maskRefinerPath?: string;
  readonly channels: number;
  readonly regionShapeKji: readonly number[];
  readonly logitsShapeKji: Vector3;
  readonly refinement?: RefinementSettings;
  readonly borderWalk?: BorderWalkSettings;
}

/** A task as the engine process needs it. */
export interface LoadedTask {
  readonly taskKey: string;
  readonly encoder: TaskModelFile;
  readonly encoderData: TaskModelFile;
  /** As graphs name the base's data. */
  readonly encoderDataName: string;
  readonly weights: readonly EncoderWeight[];
  readonly network: TaskNetwork;
  readonly imageChannels: number;
  readonly regionShapeKji: Vector3;
  /** Classes and background. */
  readonly channels: number;
}

/** To the engine process; carried out in the order sent, one at a time. `forget` has no answer. */
export type EngineCommand =
  | { readonly kind: 'load'; readonly graphs: LoadedGraphs }
  | {
      readonly kind: 'encode';
      readonly graphs: LoadedGraphs;
      readonly embeddingKey: string;
      /** (1, C, K, J, I) */
      readonly image: Float32Array;
    }
  | {
      readonly kind: 'decode';
      readonly graphs: LoadedGraphs;
      readonly embeddingKey: string;
      readonly points: readonly RegionPoint[];
      readonly box?: RegionBox;
      /** (K', J', I') */
      readonly previousLogits?: Float32Array;
      readonly rank?: number;
    }
  | {
      readonly kind: 'refine';
      readonly graphs: LoadedGraphs;
      readonly embeddingKey: string;
      readonly points: readonly RegionPoint[];
      /** (K', J', I') */
      readonly logits: Float32Array;
      /** DICOM Modality of the series. */
      readonly modality: string;
    }
  | { readonly kind: 'describe'; readonly graphs: LoadedGraphs; readonly embeddingKey: string }
  /** (C, K, J, I) */
  | { readonly kind: 'classify'; readonly task: LoadedTask; readonly image: Float32Array }
  | { readonly kind: 'forget'; readonly embeddingKey: string };

/** From the engine process: `ready` once, then one answer a command. */
export type EngineAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'encoded'; readonly embeddingBytes: number }
  | { readonly kind: 'decoded'; readonly logits: Float32Array; readonly predictedIou: number }
  | { readonly kind: 'refined'; readonly logits: Float32Array; readonly shownLogits?: Float32Array }
  | { readonly kind: 'described'; readonly levels: readonly FeatureLevel[] }
  /** (channels, K, J, I) */
  | { readonly kind: 'classified'; readonly probabilities: Float32Array }
  | { readonly kind: 'failed'; readonly message: string };
