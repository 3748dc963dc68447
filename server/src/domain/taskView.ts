import type { Vector3 } from './affine.ts';
import { boxVoxelCount } from './indexBox.ts';
import { percentileOf } from './percentile.ts';
import type { RegionSamples } from './resample.ts';
import { windowsOf } from './slidingWindow.ts';
import type { TaskDescription } from './task.ts';

type Plan = TaskDescription['plan'];

/** A way to look at a series that leaves what it shows as it is: what tasks are trained to see through. */
export interface TaskView {
  /** Exponent of the grey values of a window, between their 1st and 99th percentile. */
  readonly gamma: number;
  /** Voxels of the level are so many times as large as the plan says. */
  readonly zoom: number;
  /** By this share of a window’s side the windows reach beyond the level’s end; below 0: beyond its beginning. */
  readonly shift: number;
}

export const AS_IT_IS: TaskView = { gamma: 1, zoom: 1, shift: 0 };

/**
 * The copies whose answers are compared (test-time augmentation, Wang et al. 2019; for active learning Gaillochet et
 * al. 2023, TAAL). Chosen on training patients. Mirrored copies are not among them: tasks never see any in training,
 * and fail on them whether or not they do well on the series (models/RESULTS.md).
 */
export const COPIES: readonly TaskView[] = [
  AS_IT_IS,
  ...[1.3, 1 / 1.3].map(gamma => ({ ...AS_IT_IS, gamma })),
  ...[1.12, 1 / 1.12].map(zoom => ({ ...AS_IT_IS, zoom })),
  ...[1 / 8, -1 / 8].map(shift => ({ ...AS_IT_IS, shift })),
];

export function viewedPlan(plan: Plan, { zoom }: TaskView): Plan {
  return { ...plan, spacingMm: plan.spacingMm * zoom };
}

export function viewedWindows(levelShapeIjk: Vector3, plan: Plan, { shift }: TaskView): readonly Vector3[] {
  const { cubeVoxels, overlap } = plan;
  return windowsOf(levelShapeIjk, cubeVoxels, overlap, Math.round(shift * cubeVoxels));
}

/** Every third voxel along each axis tells the spread of the values. */
const STRIDE = 3;
const PERCENTILES = [1, 99] as const;
/** Beyond the 99th percentile values go on along the curve, to this many spreads. */
const HIGHEST_UNIT = 1.5;
const LEAST_SPREAD = 1e-3;

/** The window in another contrast, as training draws it (adaptation/samples.py). */
export function viewedSamples(samples: RegionSamples, { gamma }: TaskView): RegionSamples {
  if (gamma === 1) return samples;
  const seen = sparseInside(samples);
  if (seen.length === 0) return samples;
  const low = percentileOf(seen, PERCENTILES[0]);
  const spread = Math.max(percentileOf(seen, PERCENTILES[1]) - low, LEAST_SPREAD);
  const values = samples.values.map(value => {
    const unit = Math.min(HIGHEST_UNIT, Math.max(0, (value - low) / spread));
    return low + spread * unit ** gamma;
  });
  return { ...samples, values };
}

function sparseInside({ shapeIjk: [columns, rows], values, insideBox }: RegionSamples): Float32Array {
  const { minIjk, maxIjk } = insideBox;
  const first = (axis: 0 | 1 | 2): number => Math.ceil(minIjk[axis] / STRIDE) * STRIDE;
  const found = new Float32Array(boxVoxelCount(insideBox));
  let count = 0;
  for (let k = first(2); k < maxIjk[2]; k += STRIDE) {
    for (let j = first(1); j < maxIjk[1]; j += STRIDE) {
      for (let i = first(0); i < maxIjk[0]; i += STRIDE)
        found[count++] = values[(k * rows + j) * columns + i]!;
    }
  }
  return found.subarray(0, count);
}
