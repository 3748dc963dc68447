import { boxSize } from './indexBox.ts';
import { countVoxels, type Mask } from './mask.ts';
import { slicesATurn, voxelsOfSlice } from './maskSlices.ts';
import { volumeMlOf } from './maskVolume.ts';
import { longestPlanarDiameters, type PlanarDiameters } from './planarDiameters.ts';
import { valueStatistics, type ValueStatistics } from './valueStatistics.ts';
import type { Volume } from './volume.ts';

/** What is measured of one segment. */
export interface SegmentMeasurements {
  readonly voxelCount: number;
  readonly volumeMl: number;
  readonly diameters: PlanarDiameters;
  readonly values: ValueStatistics;
}

/**
 * Undefined for an empty mask: it has neither a diameter nor a mean. Yields every few slices, so that others get a turn.
 */
export function* measureSegment(
  mask: Mask,
  volume: Pick<Volume, 'values' | 'rescale' | 'geometry'>,
): Generator<undefined, SegmentMeasurements | undefined> {
  const counts = yield* countsBySlice(mask);
  const diameters = yield* longestPlanarDiameters(mask, volume.geometry);
  const values = yield* valueStatistics(mask, volume);
  if (!diameters || !values) return undefined;
  const voxelCount = counts.reduce((sum, count) => sum + count, 0);
  return { voxelCount, volumeMl: volumeMlOf(counts, mask, volume.geometry), diameters, values };
}

function* countsBySlice(mask: Mask): Generator<undefined, readonly number[]> {
  const counts: number[] = [];
  for (let k = 0; k < boxSize(mask.box)[2]; k++) {
    if (k % slicesATurn(mask) === 0) yield;
    counts.push(countVoxels({ voxels: voxelsOfSlice(mask, k) }));
  }
  return counts;
}
