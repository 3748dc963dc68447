import { countVoxels, type Mask } from './mask.ts';
import { maskVolumeMl } from './maskVolume.ts';
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

/** Undefined for an empty mask: it has neither a diameter nor a mean. */
export function measureSegment(
  mask: Mask,
  volume: Pick<Volume, 'values' | 'rescale' | 'geometry'>,
): SegmentMeasurements | undefined {
  const diameters = longestPlanarDiameters(mask, volume.geometry);
  const values = valueStatistics(mask, volume);
  if (!diameters || !values) return undefined;
  const volumeMl = maskVolumeMl(mask, volume.geometry);
  return { voxelCount: countVoxels(mask), volumeMl, diameters, values };
}
