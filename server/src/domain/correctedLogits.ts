import type { Vector3 } from './affine.ts';
import { MASK_CONFIDENCE, type Logits } from './maskFromLogits.ts';

/** In voxel index of the region. */
export interface CorrectingPoint {
  readonly indexIjk: Vector3;
  readonly include: boolean;
}

/** Of the distance to the border. */
const REACH_FACTOR = 1.2;
/** A border farther away says nothing of the error. */
const FARTHEST_BORDER_VOXELS = 7;

/**
 * What the model is told of a mask that the reader has just corrected: around each click that disagrees with it, a
 * ball becomes what the reader wants. Who corrects clicks into the middle of what is wrong, so that the error reaches
 * about as far around the click as the mask's border is away. The evaluation code does the same.
 * @param logits on the region's grid; above 0 is in the mask
 */
export function correctedLogits(logits: Logits, points: readonly CorrectingPoint[]): Logits {
  const values = logits.values.slice();
  for (const { indexIjk, include } of points) {
    const centre = nearestVoxel(indexIjk, logits.shapeIjk);
    if (isWanted(logits, centre, include)) continue;
    const reach = REACH_FACTOR * distanceToBorder(logits, centre, include);
    forVoxelsAround(centre, Math.floor(reach), logits.shapeIjk, (n, distance) => {
      if (distance <= reach) values[n] = include ? MASK_CONFIDENCE : -MASK_CONFIDENCE;
    });
  }
  return { ...logits, values };
}

/**
 * Of the voxels of a mask, the one most steps between voxels away from what is outside it, or the region; the first
 * one of several, in k-j-i order. Undefined for an empty mask. The evaluation code does the same.
 */
export function deepestVoxel({ shapeIjk, values }: Logits): Vector3 | undefined {
  const [columns, rows, slices] = shapeIjk;
  const plane = rows * columns;
  const depth = new Uint16Array(values.length);
  const along = (step: -1 | 1): void => {
    for (let at = 0; at < values.length; at++) {
      const n = step > 0 ? at : values.length - 1 - at;
      if (!(values[n]! > 0)) continue;
      const [i, j, k] = [n % columns, Math.floor(n / columns) % rows, Math.floor(n / plane)];
      const isFirst = (index: number, length: number): boolean => index === (step > 0 ? 0 : length - 1);
      const nearest = Math.min(
        isFirst(i, columns) ? 0 : depth[n - step]!,
        isFirst(j, rows) ? 0 : depth[n - step * columns]!,
        isFirst(k, slices) ? 0 : depth[n - step * plane]!,
      );
      depth[n] = step > 0 ? nearest + 1 : Math.min(depth[n]!, nearest + 1);
    }
  };
  // City-block distances take two passes: a way out leads over voxels before or behind in each direction.
  along(1);
  along(-1);
  let deepest = -1;
  for (let n = 0; n < values.length; n++) if (depth[n]! > (depth[deepest] ?? 0)) deepest = n;
  if (deepest < 0) return undefined;
  return [deepest % columns, Math.floor(deepest / columns) % rows, Math.floor(deepest / plane)];
}

function nearestVoxel(indexIjk: Vector3, shapeIjk: Vector3): Vector3 {
  const within = (axis: 0 | 1 | 2): number =>
    Math.min(shapeIjk[axis] - 1, Math.max(0, Math.floor(indexIjk[axis] + 0.5)));
  return [within(0), within(1), within(2)];
}

function isWanted({ shapeIjk, values }: Logits, [i, j, k]: Vector3, include: boolean): boolean {
  return values[(k * shapeIjk[1] + j) * shapeIjk[0] + i]! > 0 === include;
}

/** Voxels from one to the nearest that is as wanted, as far as is looked. Beyond the region nothing is in the mask. */
function distanceToBorder({ shapeIjk, values }: Logits, centre: Vector3, include: boolean): number {
  let nearest = FARTHEST_BORDER_VOXELS;
  if (!include) {
    for (const [axis, index] of centre.entries()) {
      nearest = Math.min(nearest, index + 1, shapeIjk[axis as 0 | 1 | 2] - index);
    }
  }
  forVoxelsAround(centre, FARTHEST_BORDER_VOXELS, shapeIjk, (n, distance) => {
    if (values[n]! > 0 === include) nearest = Math.min(nearest, distance);
  });
  return nearest;
}

function forVoxelsAround(
  [i0, j0, k0]: Vector3,
  radius: number,
  [columns, rows, slices]: Vector3,
  visit: (flatIndex: number, distance: number) => void,
): void {
  for (let k = Math.max(0, k0 - radius); k <= Math.min(slices - 1, k0 + radius); k++) {
    for (let j = Math.max(0, j0 - radius); j <= Math.min(rows - 1, j0 + radius); j++) {
      for (let i = Math.max(0, i0 - radius); i <= Math.min(columns - 1, i0 + radius); i++) {
        visit((k * rows + j) * columns + i, Math.hypot(i - i0, j - j0, k - k0));
      }
    }
  }
}
