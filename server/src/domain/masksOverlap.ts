import { boxSize, intersectBoxes, type IndexBox } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Whether any voxel is in two of the masks, which are of one grid. */
export function masksOverlap(masks: readonly Mask[]): boolean {
  return masks.some((one, index) => masks.slice(index + 1).some(other => shareVoxel(one, other)));
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
