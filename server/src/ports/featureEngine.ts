import type { Vector3 } from '../domain/affine.ts';
import type { EngineRegion } from './segmentationEngine.ts';

/** What the image encoder says of a region on one of its grids, which cover the region edge to edge. */
export interface FeatureLevel {
  /** Of the encoder's output. */
  readonly name: string;
  readonly channels: number;
  readonly shapeKji: Vector3;
  /** (channels, K', J', I') */
  readonly values: Float32Array;
}

/** Tells what models see, for methods that compare volumes. */
export interface FeatureEngine {
  /**
   * All levels of the encoder, by name. The embedding is the one that prompts in the region are decoded from; readers
   * who click are served first.
   * @throws Problem inference-failed, overloaded, cancelled
   */
  describe(region: EngineRegion, signal: AbortSignal): Promise<readonly FeatureLevel[]>;
}
