import type { Vector3 } from '../affine.ts';
import { cellCountOf } from './cells.ts';

/** Cells shifted along each axis, linearly; what comes from outside is 0. @param shiftIjk cells: n is read at n + shift */
export function shiftedCells(
  cells: Float32Array,
  shapeIjk: Vector3,
  shiftIjk: Vector3,
  shiftedShapeIjk: Vector3,
): Float32Array {
  let [columns, rows, slices] = shapeIjk;
  let values = cells;
  const along = (stride: number, length: number, count: number, shift: number): void => {
    values = shiftedAlong(values, stride, length, count, shift);
  };
  along(1, columns, shiftedShapeIjk[0], shiftIjk[0]);
  columns = shiftedShapeIjk[0];
  along(columns, rows, shiftedShapeIjk[1], shiftIjk[1]);
  rows = shiftedShapeIjk[1];
  along(columns * rows, slices, shiftedShapeIjk[2], shiftIjk[2]);
  slices = shiftedShapeIjk[2];
  if (values.length !== cellCountOf([columns, rows, slices])) throw new RangeError('cells of another shape');
  return values;
}

function shiftedAlong(
  values: Float32Array,
  stride: number,
  length: number,
  count: number,
  shift: number,
): Float32Array {
  const lines = values.length / (stride * length);
  const shifted = new Float32Array(lines * count * stride);
  const whole = Math.floor(shift);
  const fraction = shift - whole;
  for (let line = 0; line < lines; line++) {
    for (let n = 0; n < count; n++) {
      const low = n + whole;
      const to = (line * count + n) * stride;
      for (const [m, weight] of [
        [low, 1 - fraction],
        [low + 1, fraction],
      ] as const) {
        if (m < 0 || m >= length || weight === 0) continue;
        const from = (line * length + m) * stride;
        for (let s = 0; s < stride; s++) shifted[to + s] = shifted[to + s]! + weight * values[from + s]!;
      }
    }
  }
  return shifted;
}
