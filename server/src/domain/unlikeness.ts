import type { Vector3 } from './affine.ts';
import { AXES } from './canonicalFrame.ts';
import type { Mask } from './mask.ts';

/** Between the quartiles of a normal distribution, in its standard deviations. */
const QUARTILES_APART = 1.35;
/** Of normalised intensities: within it all is alike, however even a structure is. */
const LEAST_DEVIATION = 0.05;

/**
 * How far what was clicked lies from what a mask usually shows, in standard deviations of that; robust, so that pieces of
 * other tissue count for little. The evaluation mirrors it (unlikeness.py).
 * @param image of a region, (K, J, I), normalised
 * @param regionShapeIjk of that image
 * @param found on the logits' grid of the region, not empty
 * @param clickedIjk in the region's voxels
 */
export function unlikenessOf(
  image: Float32Array,
  regionShapeIjk: Vector3,
  found: Mask,
  clickedIjk: Vector3,
): number {
  const values = valuesWithin(image, regionShapeIjk, found).sort();
  const [low, middle, high] = [0.25, 0.5, 0.75].map(share => quantile(values, share));
  const clicked = image[offsetOf(regionShapeIjk, clickedIjk)]!;
  return Math.abs(clicked - middle!) / Math.max((high! - low!) / QUARTILES_APART, LEAST_DEVIATION);
}

function valuesWithin(
  image: Float32Array,
  regionShapeIjk: Vector3,
  { box, voxels, shapeIjk }: Mask,
): Float32Array {
  const [columns, rows] = regionShapeIjk;
  const [is, js, ks] = AXES.map(axis =>
    Array.from({ length: box.maxIjk[axis] - box.minIjk[axis] }, (_, n) => {
      const voxel = ((box.minIjk[axis] + n + 0.5) * regionShapeIjk[axis]) / shapeIjk[axis] - 0.5;
      return nearest(voxel, regionShapeIjk[axis]);
    }),
  ) as [number[], number[], number[]];
  const values = new Float32Array(voxels.length);
  let count = 0;
  let at = 0;
  for (const k of ks) {
    for (const j of js) {
      const row = (k * rows + j) * columns;
      for (const i of is) if (voxels[at++]) values[count++] = image[row + i]!;
    }
  }
  return values.subarray(0, count);
}

function offsetOf([columns, rows, slices]: Vector3, [i, j, k]: Vector3): number {
  return (nearest(k, slices) * rows + nearest(j, rows)) * columns + nearest(i, columns);
}

/** Index of the nearest of so many voxels. */
function nearest(index: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(index + 0.5)));
}

/** @param sorted ascending, at least one; between two of them linearly interpolated */
function quantile(sorted: Float32Array, share: number): number {
  const place = share * (sorted.length - 1);
  const before = Math.floor(place);
  const low = sorted[before]!;
  const high = sorted[Math.min(before + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - before);
}
