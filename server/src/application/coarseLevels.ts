import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalFrameOf, type CanonicalFrame } from '../domain/canonicalFrame.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import { snappedRegion, type Region } from '../domain/regionOfInterest.ts';
import { sampleRegion, type RegionSamples } from '../domain/resample.ts';
import { readLevel, regionOfLevel, sourceVoxelsOf, type ResampledLevel } from '../domain/resampledLevel.ts';
import type { Volume } from '../domain/volume.ts';
import { throwIfCancelled } from './singleFlight.ts';

/** A region that is read from more voxels of the volume takes longer than a reader should wait for (10–60 ms). */
const MANY_SOURCE_VOXELS = 1_500_000;

/**
 * Volumes resampled to the coarse levels of the models, so that the wide looks of a click need not be read from
 * the volume. All levels together take half of the volume's memory at most, and go with it.
 */
export class CoarseLevels {
  readonly #levels = new WeakMap<Volume, Map<number, ResampledLevel>>();

  /** Reads a region: from its level where that is at hand, else from the volume. The voxels are the same. */
  sample(volume: Volume, frame: CanonicalFrame, region: Region): RegionSamples {
    const level = this.#levels.get(volume)?.get(region.spacingMm);
    return level ? regionOfLevel(level, region) : sampleRegion(volume, frame, region);
  }

  /**
   * Makes the levels that are worth it, in small turns.
   * @throws Problem cancelled
   */
  async prepare(volume: Volume, model: ModelManifest, signal: AbortSignal): Promise<void> {
    const frame = canonicalFrameOf(volume.geometry);
    const levels = this.#levels.get(volume) ?? new Map<number, ResampledLevel>();
    this.#levels.set(volume, levels);
    for (const spacingMm of model.region.spacingsMm) {
      const isSlow = sourceVoxelsOf(frame, snappedRegion(model, [0, 0, 0], spacingMm)) > MANY_SOURCE_VOXELS;
      if (!isSlow || levels.has(spacingMm)) continue;
      const reading = readLevel(volume, frame, spacingMm);
      let turn = reading.next();
      for (; turn.done !== true; turn = reading.next()) {
        await nextTurn();
        throwIfCancelled(signal);
      }
      levels.set(spacingMm, turn.value);
    }
  }
}
