import type { AdaptableEncoder, ModelManifest } from '../domain/modelManifest.ts';

/** A file that is read only as it was checked. */
export interface TaskModelFile {
  readonly path: string;
  readonly sha256: string;
}

/** What of a task runs: its base with an adapter merged in and a decoder, or a graph beside the weights of the base. */
export type TaskNetwork =
  | { readonly kind: 'adapter'; readonly adapter: TaskModelFile; readonly decoder: TaskModelFile }
  | { readonly kind: 'graph'; readonly graph: TaskModelFile };

/** A task as the engine runs it. */
export interface TaskModel {
  readonly base: ModelManifest & { readonly adaptableEncoder: AdaptableEncoder };
  readonly network: TaskNetwork;
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
