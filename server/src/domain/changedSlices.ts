import { uniteBoxes } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Slice indices k where two masks of one grid differ, ascending; an absent mask is an empty one. */
export function changedSlices(before: Mask | undefined, after: Mask | undefined): readonly number[] {
  if (!before) return after ? nonEmptySlices(after) : [];
  if (!after) return nonEmptySlices(before);
  const { minIjk, maxIjk } = uniteBoxes(before.box, after.box);
  const changed: number[] = [];
  for (let k = minIjk[2]; k < maxIjk[2]; k++) if (sliceDiffers(before, after, k)) changed.push(k);
  return changed;
}

function sliceDiffers(a: Mask, b: Mask, k: number): boolean {
  const { minIjk, maxIjk } = uniteBoxes(a.box, b.box);
  for (let j = minIjk[1]; j < maxIjk[1]; j++) {
    if (rowsDiffer(rowOf(a, j, k), a.box.minIjk[0], rowOf(b, j, k), b.box.minIjk[0])) return true;
  }
  return false;
}

/** Two rows of voxels, each beginning at a column of its own; beyond their ends there is nothing. */
function rowsDiffer(a: Uint8Array, firstA: number, b: Uint8Array, firstB: number): boolean {
  const from = Math.max(firstA, firstB);
  const to = Math.max(from, Math.min(firstA + a.length, firstB + b.length));
  for (let i = from; i < to; i++) if (a[i - firstA] !== b[i - firstB]) return true;
  const holdsOutside = (row: Uint8Array, first: number): boolean =>
    row.subarray(0, from - first).includes(1) || row.subarray(to - first).includes(1);
  return holdsOutside(a, firstA) || holdsOutside(b, firstB);
}

const NO_VOXELS = new Uint8Array(0);

/** The voxels of one row of the box; none where the row lies outside it. */
function rowOf(mask: Mask, j: number, k: number): Uint8Array {
  const { minIjk, maxIjk } = mask.box;
  if (j < minIjk[1] || j >= maxIjk[1] || k < minIjk[2] || k >= maxIjk[2]) return NO_VOXELS;
  const columns = maxIjk[0] - minIjk[0];
  const start = ((k - minIjk[2]) * (maxIjk[1] - minIjk[1]) + (j - minIjk[1])) * columns;
  return mask.voxels.subarray(start, start + columns);
}

function nonEmptySlices(mask: Mask): readonly number[] {
  const { minIjk, maxIjk } = mask.box;
  const sliceVoxels = (maxIjk[0] - minIjk[0]) * (maxIjk[1] - minIjk[1]);
  const slices: number[] = [];
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    const start = (k - minIjk[2]) * sliceVoxels;
    if (mask.voxels.subarray(start, start + sliceVoxels).includes(1)) slices.push(k);
  }
  return slices;
}
