import { EMPTY_BOX, boxSize, boxVoxelCount, intersectBoxes, uniteBoxes, type IndexBox } from './indexBox.ts';
import type { Vector3 } from './affine.ts';
import { voxelWordsOf } from './voxelWords.ts';

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

export function countVoxels({ voxels }: Pick<Mask, 'voxels'>): number {
  const { words, unaligned } = voxelWordsOf(voxels);
  let count = 0;
  // Four counts side by side, which go up to 255 each: masks are counted with every click.
  for (let at = 0; at < words.length;) {
    const end = Math.min(words.length, at + 255);
    let counts = 0;
    while (at < end) counts = (counts + words[at++]!) | 0;
    count += (counts & 255) + ((counts >>> 8) & 255) + ((counts >>> 16) & 255) + (counts >>> 24);
  }
  for (let at = 0; at < unaligned; at++) count += voxels[at]!;
  for (let at = unaligned + 4 * words.length; at < voxels.length; at++) count += voxels[at]!;
  return count;
}

/** Quicker than counting them. */
export function hasVoxels({ voxels }: Pick<Mask, 'voxels'>): boolean {
  return voxels.includes(1);
}

/** A mask in several pieces may have none in a box that its own box meets. */
export function hasVoxelIn(mask: Mask, box: IndexBox): boolean {
  const { minIjk, maxIjk } = intersectBoxes(mask.box, box);
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      const row = rowOrigin(mask, j, k);
      if (mask.voxels.subarray(row + minIjk[0], row + maxIjk[0]).includes(1)) return true;
    }
  }
  return false;
}

export function emptyMask(shapeIjk: Vector3): Mask {
  return { shapeIjk, box: EMPTY_BOX, voxels: new Uint8Array(0) };
}

/** The same mask held in the smallest box. */
export function cropMask(mask: Mask): Mask {
  const [columns, rows, slices] = boxSize(mask.box);
  const { voxels } = mask;
  const low = [columns, rows, slices];
  const high = [0, 0, 0];
  for (let at = voxels.indexOf(1); at >= 0;) {
    const row = Math.floor(at / columns);
    const j = row % rows;
    const k = Math.floor(row / rows);
    const nextRow = (row + 1) * columns;
    low[0] = Math.min(low[0]!, at - row * columns);
    // Only columns that would widen the box need a look.
    let last = nextRow - 1;
    while (last - row * columns >= high[0]! && voxels[last] === 0) last--;
    high[0] = Math.max(high[0]!, last - row * columns + 1);
    low[1] = Math.min(low[1]!, j);
    high[1] = Math.max(high[1]!, j + 1);
    low[2] = Math.min(low[2]!, k);
    high[2] = k + 1;
    at = voxels.indexOf(1, nextRow);
  }
  return cropTo(mask, low, high);
}

/** `low` ≤ index < `high` within the mask's box. */
function cropTo(mask: Mask, low: readonly number[], high: readonly number[]): Mask {
  if (high[0] === 0) return emptyMask(mask.shapeIjk);
  const shift = (local: readonly number[]): Vector3 => [
    mask.box.minIjk[0] + local[0]!,
    mask.box.minIjk[1] + local[1]!,
    mask.box.minIjk[2] + local[2]!,
  ];
  const box: IndexBox = { minIjk: shift(low), maxIjk: shift(high) };
  if (boxVoxelCount(box) === mask.voxels.length) return mask;
  const voxels = new Uint8Array(boxVoxelCount(box));
  copyRows(mask, { shapeIjk: mask.shapeIjk, box, voxels }, box);
  return { shapeIjk: mask.shapeIjk, box, voxels };
}

/** Where row (j, k) of the volume begins in `mask.voxels`, as if its column 0 were held. */
function rowOrigin(mask: Mask, j: number, k: number): number {
  const [columns, rows] = boxSize(mask.box);
  const { minIjk } = mask.box;
  return ((k - minIjk[2]) * rows + (j - minIjk[1])) * columns - minIjk[0];
}

/** Copies the voxels of `box`, which both masks hold. */
function copyRows(from: Mask, to: Mask, box: IndexBox): void {
  for (let k = box.minIjk[2]; k < box.maxIjk[2]; k++) {
    for (let j = box.minIjk[1]; j < box.maxIjk[1]; j++) {
      const origin = rowOrigin(from, j, k);
      const row = from.voxels.subarray(origin + box.minIjk[0], origin + box.maxIjk[0]);
      to.voxels.set(row, rowOrigin(to, j, k) + box.minIjk[0]);
    }
  }
}

/** `current` outside `box`, `replacement` (which holds nothing outside `box`) inside it. */
export function mergeMasks(current: Mask, replacement: Mask, box: IndexBox): Mask {
  const cleared = intersectBoxes(current.box, box);
  if (boxVoxelCount(cleared) === current.voxels.length) return replacement;
  const united = uniteBoxes(current.box, replacement.box);
  const { shapeIjk } = current;
  const merged: Mask = { shapeIjk, box: united, voxels: new Uint8Array(boxVoxelCount(united)) };
  copyRows(current, merged, current.box);
  for (let k = cleared.minIjk[2]; k < cleared.maxIjk[2]; k++) {
    for (let j = cleared.minIjk[1]; j < cleared.maxIjk[1]; j++) {
      const origin = rowOrigin(merged, j, k);
      merged.voxels.fill(0, origin + cleared.minIjk[0], origin + cleared.maxIjk[0]);
    }
  }
  copyRows(replacement, merged, replacement.box);
  return cropMask(merged);
}
