import { uniteBoxes } from './indexBox.ts';
import type { Mask } from './mask.ts';
import { slicesATurn, voxelsOfSlice } from './maskSlices.ts';
import { voxelWordsOf } from './voxelWords.ts';

/**
 * Slice indices k where two masks of one grid differ, ascending; an absent mask is an empty one. Yields every few
 * slices, so that others get a turn.
 */
export function* changedSlices(
  before: Mask | undefined,
  after: Mask | undefined,
): Generator<undefined, readonly number[]> {
  if (!before || !after) {
    const only = before ?? after;
    return only ? nonEmptySlices(only) : [];
  }
  const box = uniteBoxes(before.box, after.box);
  const first = box.minIjk[2];
  const changed: number[] = [];
  for (let k = first; k < box.maxIjk[2]; k++) {
    if (k > first && (k - first) % slicesATurn({ box }) === 0) yield;
    if (sliceDiffers(before, after, k)) changed.push(k);
  }
  return changed;
}

function sliceDiffers(a: Mask, b: Mask, k: number): boolean {
  const { minIjk, maxIjk } = uniteBoxes(a.box, b.box);
  if (haveSameRows(a, b, k)) {
    return voxelsDiffer(voxelsOfSlice(a, k - a.box.minIjk[2]), voxelsOfSlice(b, k - b.box.minIjk[2]));
  }
  for (let j = minIjk[1]; j < maxIjk[1]; j++) {
    if (rowsDiffer(rowOf(a, j, k), a.box.minIjk[0], rowOf(b, j, k), b.box.minIjk[0])) return true;
  }
  return false;
}

/** Whether both boxes hold slice k, and have the same columns and rows. */
function haveSameRows({ box: a }: Mask, { box: b }: Mask, k: number): boolean {
  const isHeld = [a, b].every(({ minIjk, maxIjk }) => k >= minIjk[2] && k < maxIjk[2]);
  return (
    isHeld && [0, 1].every(axis => a.minIjk[axis] === b.minIjk[axis] && a.maxIjk[axis] === b.maxIjk[axis])
  );
}

/** Of the same length; four at a time where words begin at the same voxels of both. */
function voxelsDiffer(a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [voxelWordsOf(a), voxelWordsOf(b)];
  if (one.unaligned !== other.unaligned) return !sameVoxels(a, b, 0, a.length);
  const { words, unaligned } = one;
  for (let at = 0; at < words.length; at++) if (words[at] !== other.words[at]) return true;
  return !(sameVoxels(a, b, 0, unaligned) && sameVoxels(a, b, unaligned + 4 * words.length, a.length));
}

function sameVoxels(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (a[at] !== b[at]) return false;
  return true;
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
