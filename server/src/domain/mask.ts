import { boxSize, type IndexBox } from './indexBox.ts';
import type { Vector3 } from './affine.ts';

/**
 * One segment, binary, on the native grid of a volume. Only the voxels inside `box` are held:
 * `voxels` is 0 or 1, array order k-j-i of the box; everything outside the box is 0.
 */
export interface Mask {
  readonly shapeIjk: Vector3;
  readonly box: IndexBox;
  readonly voxels: Uint8Array;
}

export function voxelAt(mask: Mask, i: number, j: number, k: number): 0 | 1 {
  const { minIjk, maxIjk } = mask.box;
  const outside =
    i < minIjk[0] || i >= maxIjk[0] || j < minIjk[1] || j >= maxIjk[1] || k < minIjk[2] || k >= maxIjk[2];
  if (outside) return 0;
  const [columns, rows] = boxSize(mask.box);
  return mask.voxels[((k - minIjk[2]) * rows + (j - minIjk[1])) * columns + (i - minIjk[0])] ? 1 : 0;
}

export function countVoxels(mask: Mask): number {
  let count = 0;
  for (const voxel of mask.voxels) count += voxel;
  return count;
}
