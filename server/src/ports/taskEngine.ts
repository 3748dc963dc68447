import type { AdaptableEncoder, ModelManifest } from '../domain/modelManifest.ts';

/** A task as the engine runs it: a base with an adapter merged into it, and a decoder of its own. */
export interface TaskModel {
  readonly base: ModelManifest & { readonly adaptableEncoder: AdaptableEncoder };
  readonly adapter: { readonly path: string; readonly sha256: string };
  readonly decoder: { readonly path: string; readonly sha256: string };
  /** Classes and background. */
  readonly channels: number;
}

/** Runs tasks. Readers who click are served first. */
export interface TaskEngine {
  /**
   * Probabilities of the classes in a cube, (channels, K, J, I).
   * @param image of the base's region, (C, K, J, I), normalised
   * @throws Problem inference-failed, overloaded, cancelled
   */
  classify(model: TaskModel, image: Float32Array, signal: AbortSignal): Promise<Float32Array>;
}
