import { boxSize } from '../../domain/indexBox.ts';
import type { Mask } from '../../domain/mask.ts';

/**
 * Sets the bits of slice k of a mask in BINARY pixel data (PS3.5 8.1.1): bit n of the stream is bit n % 8 of byte
 * n / 8, and frames follow each other without padding.
 * @param firstBit where the frame begins
 */
export function packSlice(mask: Mask, k: number, target: Uint8Array, firstBit: number): void {
  const { box, voxels, shapeIjk } = mask;
  if (k < box.minIjk[2] || k >= box.maxIjk[2]) return;
  const [columns, rows] = boxSize(box);
  let from = (k - box.minIjk[2]) * rows * columns;
  for (let j = box.minIjk[1]; j < box.maxIjk[1]; j++) {
    let bit = firstBit + j * shapeIjk[0] + box.minIjk[0];
    for (const end = from + columns; from < end; from++, bit++) {
      if (voxels[from]) target[bit >> 3]! |= 1 << (bit & 7);
    }
  }
}

/** Whether slice k of the mask holds a voxel. */
export function sliceHasVoxels(mask: Mask, k: number): boolean {
  const { box, voxels } = mask;
  if (k < box.minIjk[2] || k >= box.maxIjk[2]) return false;
  const [columns, rows] = boxSize(box);
  const start = (k - box.minIjk[2]) * rows * columns;
  return voxels.subarray(start, start + rows * columns).includes(1);
}
