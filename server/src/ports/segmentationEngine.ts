import type { Vector3 } from '../domain/affine.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';

/** A point in voxel index (i, j, k) of the encoded region; voxel centres at integers. */
export interface RegionPoint {
  readonly indexIjk: readonly [number, number, number];
  readonly include: boolean;
}

/** A box in voxel index (i, j, k) of the encoded region: voxel m reaches from m − 0.5 to m + 0.5. */
export interface RegionBox {
  readonly lowIjk: Vector3;
  readonly highIjk: Vector3;
  /** Axis across which it was drawn in a slice: along it, the structure goes on. */
  readonly sliceAxis?: 0 | 1 | 2;
}

/** A region that a model looks at. */
export interface EngineRegion {
  readonly model: ModelManifest;
  /** Names the encoded region: equal keys must mean equal pixels. Embeddings are cached by it. */
  readonly regionKey: string;
  /** Encoder input (1, C, K, J, I), normalised. Called only when the embedding is not at hand. */
  readonly image: () => Float32Array;
}

export interface EngineRequest extends EngineRegion {
  readonly points: readonly RegionPoint[];
  /** Only for models that take boxes. */
  readonly box?: RegionBox;
  /** Logits of the step before in the same region, (K', J', I') of the manifest. */
  readonly previousLogits?: Float32Array;
  /** Of the hypothesis wanted, by predicted IoU; absent: the best. */
  readonly rank?: number;
}

export interface EngineReply {
  /** Of the hypothesis wanted, (K', J', I'). */
  readonly logits: Float32Array;
  readonly predictedIou: number;
  /** 0 when the embedding was cached. */
  readonly encodeMs: number;
  readonly decodeMs: number;
}

/** An answer whose border is to be moved onto the image's edges. */
export interface RefinementRequest extends EngineRegion {
  readonly points: readonly RegionPoint[];
  /** (K', J', I') of the manifest. */
  readonly logits: Float32Array;
  /** DICOM Modality of the series. */
  readonly modality: string;
}

export interface RefinementReply {
  /** (K', J', I'); what the next answer starts from. */
  readonly logits: Float32Array;
  /** Of what readers are shown, where that is something else. */
  readonly shownLogits?: Float32Array;
  /** 0 when the image was at hand. */
  readonly encodeMs: number;
  readonly refineMs: number;
}

/** Runs models. One encode a region, however many ask (single-flight); one decode a prompt. */
export interface SegmentationEngine {
  /** @throws Problem inference-failed, overloaded, cancelled */
  predict(request: EngineRequest, signal: AbortSignal): Promise<EngineReply>;
  /**
   * Of the answer that is kept, not of every look. Logits come back as they are where the manifest asks for nothing.
   * @throws Problem inference-failed, overloaded, cancelled
   */
  refine(request: RefinementRequest, signal: AbortSignal): Promise<RefinementReply>;
  /** Encodes a region ahead of the first click. */
  warm(region: EngineRegion, signal: AbortSignal): Promise<void>;
  /** Whether work ahead of time would be begun at once. */
  isIdle(): boolean;
  ready(): boolean;
  close(): Promise<void>;
}
