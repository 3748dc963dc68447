import { boxSize, boxVoxelCount, uniteBoxes } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Inside where either of two masks of one grid is. */
export function uniteMasks(one: Mask, other: Mask): Mask {
  if (one.voxels.length === 0) return other;
  if (other.voxels.length === 0) return one;
  const box = uniteBoxes(one.box, other.box);
  const [columns, rows] = boxSize(box);
  const voxels = new Uint8Array(boxVoxelCount(box));
  for (const mask of [one, other]) {
    const [width, height, depth] = boxSize(mask.box);
    const [i, j, k] = mask.box.minIjk.map((index, axis) => index - box.minIjk[axis]!) as [
      number,
      number,
      number,
    ];
    for (let slice = 0; slice < depth; slice++) {
      for (let row = 0; row < height; row++) {
        const from = (slice * height + row) * width;
        const to = ((k + slice) * rows + j + row) * columns + i;
        for (let n = 0; n < width; n++) voxels[to + n]! |= mask.voxels[from + n]!;
      }
    }
  }
  return { shapeIjk: one.shapeIjk, box, voxels };
}
