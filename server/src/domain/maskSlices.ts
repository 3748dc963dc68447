import { boxSize } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Some milliseconds of looking at them: others get a turn after so many. */
export const VOXELS_A_TURN = 2 ** 20;

/** Voxels of slice `k` of the mask's box. */
export function voxelsOfSlice({ box, voxels }: Mask, k: number): Uint8Array {
  const [columns, rows] = boxSize(box);
  return voxels.subarray(k * rows * columns, (k + 1) * rows * columns);
}

/** Slices that are worked on before others get a turn: a mask may be a whole body. */
export function slicesATurn({ box }: Pick<Mask, 'box'>): number {
  const [columns, rows] = boxSize(box);
  return Math.max(1, Math.floor(VOXELS_A_TURN / Math.max(1, columns * rows)));
}
