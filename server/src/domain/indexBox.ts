import type { Vector3 } from './affine.ts';

/** Half-open box of voxel indices: `minIjk` belongs to it, `maxIjk` does not. Empty when any side is ≤ 0. */
export interface IndexBox {
  readonly minIjk: Vector3;
  readonly maxIjk: Vector3;
}

export const EMPTY_BOX: IndexBox = { minIjk: [0, 0, 0], maxIjk: [0, 0, 0] };

export function boxSize(box: IndexBox): Vector3 {
  const side = (axis: 0 | 1 | 2): number => Math.max(0, box.maxIjk[axis] - box.minIjk[axis]);
  return [side(0), side(1), side(2)];
}

export function boxVoxelCount(box: IndexBox): number {
  const [i, j, k] = boxSize(box);
  return i * j * k;
}

export function isEmptyBox(box: IndexBox): boolean {
  return boxVoxelCount(box) === 0;
}

export function intersectBoxes(a: IndexBox, b: IndexBox): IndexBox {
  const low = (axis: 0 | 1 | 2): number => Math.max(a.minIjk[axis], b.minIjk[axis]);
  const high = (axis: 0 | 1 | 2): number => Math.min(a.maxIjk[axis], b.maxIjk[axis]);
  const box: IndexBox = { minIjk: [low(0), low(1), low(2)], maxIjk: [high(0), high(1), high(2)] };
  return isEmptyBox(box) ? EMPTY_BOX : box;
}

/** Smallest box that holds both; an empty box adds nothing. */
export function uniteBoxes(a: IndexBox, b: IndexBox): IndexBox {
  if (isEmptyBox(a)) return b;
  if (isEmptyBox(b)) return a;
  const low = (axis: 0 | 1 | 2): number => Math.min(a.minIjk[axis], b.minIjk[axis]);
  const high = (axis: 0 | 1 | 2): number => Math.max(a.maxIjk[axis], b.maxIjk[axis]);
  return { minIjk: [low(0), low(1), low(2)], maxIjk: [high(0), high(1), high(2)] };
}
