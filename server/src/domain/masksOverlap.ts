import { boxSize, intersectBoxes, type IndexBox } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Whether any voxel is in two of the masks, which are of one grid. */
export function masksOverlap(masks: readonly Mask[]): boolean {
  return masks.some((one, index) => masks.slice(index + 1).some(other => shareVoxel(one, other)));
}

/** The places of all pairs that share a voxel, the lower first. Yields after each mask, so that others get a turn. */
export function* overlappingPairs(
  masks: readonly Mask[],
): Generator<undefined, readonly (readonly [number, number])[]> {
  const pairs: (readonly [number, number])[] = [];
  for (const [n, one] of masks.entries()) {
    for (let m = n + 1; m < masks.length; m++) if (shareVoxel(one, masks[m]!)) pairs.push([n, m]);
    yield;
  }
  return pairs;
}

function shareVoxel(one: Mask, other: Mask): boolean {
  const common = intersectBoxes(one.box, other.box);
  const [columns] = boxSize(common);
  for (let k = common.minIjk[2]; k < common.maxIjk[2]; k++) {
    for (let j = common.minIjk[1]; j < common.maxIjk[1]; j++) {
      const [a, b] = [one, other].map(mask => rowOf(mask, common, j, k)) as [Uint8Array, Uint8Array];
      for (let i = 0; i < columns; i++) if (a[i] && b[i]) return true;
    }
  }
  return false;
}

/** The part of row (j, k) that lies in `common`, which the mask's box holds. */
export function rowOf({ box, voxels }: Mask, common: IndexBox, j: number, k: number): Uint8Array {
  const [columns, rows] = boxSize(box);
  const { minIjk } = box;
  const row = ((k - minIjk[2]) * rows + (j - minIjk[1])) * columns - minIjk[0];
  return voxels.subarray(row + common.minIjk[0], row + common.maxIjk[0]);
}
