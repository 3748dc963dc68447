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
    const firstOfRow = firstBit + j * shapeIjk[0] + box.minIjk[0];
    let at = firstOfRow >> 3;
    let bit = firstOfRow & 7;
    let byte = 0;
    for (const end = from + columns; from < end; from++) {
      byte |= voxels[from]! << bit++;
      if (bit < 8) continue;
      target[at] = target[at]! | byte;
      at++;
      bit = byte = 0;
    }
    if (byte > 0) target[at] = target[at]! | byte;
  }
}

/** 0, or a value where it is set, for each of the first bits of a stream, least significant first (PS3.5 8.1.1). */
export function unpackBits(packed: Uint8Array, count: number, value: number): Uint8Array | Uint16Array {
  const bits = zerosFor(value, count);
  for (let from = 0; from < count; from += 8) {
    const byte = packed[from >> 3]!;
    if (byte === 0) continue;
    const end = Math.min(count, from + 8);
    for (let n = from; n < end; n++) if ((byte >> (n - from)) & 1) bits[n] = value;
  }
  return bits;
}

export function zerosFor(largest: number, count: number): Uint8Array | Uint16Array {
  return largest <= 255 ? new Uint8Array(count) : new Uint16Array(count);
}

/** Whether slice k of the mask holds a voxel. */
export function sliceHasVoxels(mask: Mask, k: number): boolean {
  const { box, voxels } = mask;
  if (k < box.minIjk[2] || k >= box.maxIjk[2]) return false;
  const [columns, rows] = boxSize(box);
  const start = (k - box.minIjk[2]) * rows * columns;
  return voxels.subarray(start, start + rows * columns).includes(1);
}
