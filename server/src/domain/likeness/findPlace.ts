import type { Vector3 } from '../affine.ts';
import { AXES, type Axis } from '../canonicalFrame.ts';
import { CELL_VOXELS, cellCountOf } from './cells.ts';

/** Where a structure is thought to be, mm in the canonical frame, and how far that may be off. */
export interface Expected {
  readonly placeMm: Vector3;
  readonly spreadMm: Vector3;
}

/** What features foretell of a level, cell by cell. */
export interface ForetoldCells {
  readonly spacingMm: number;
  /** Voxel of the level that cell 0 begins at. */
  readonly cornerIjk: Vector3;
  readonly shapeIjk: Vector3;
  /** (K, J, I), not negative; 0 outside the volume. */
  readonly values: Float32Array;
  /** 1 in the volume, else 0. */
  readonly inside: Uint8Array;
}

/** A cube of cells, of odd side. */
export interface ShapeCells {
  readonly side: number;
  readonly values: Float32Array;
}

const LEAST_ENERGY = 1e-3;
/** Cells about the most likely one whose mean is taken. */
const ABOUT_CELLS = 2;

/** The mean relative place of structures in their volumes, put into a volume of another extent, and its spread. */
export function usualPlace(
  known: readonly { readonly placeMm: Vector3; readonly extentMm: Vector3 }[],
  extentMm: Vector3,
  usualSpread: number,
): Expected {
  const along = AXES.map(axis => {
    const shares = known.map(one => one.placeMm[axis] / one.extentMm[axis]);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, usualSpread ** 2);
    return { place: mean * extentMm[axis], spread: Math.sqrt(squares / shares.length) * extentMm[axis] };
  });
  const [i, j, k] = along;
  if (!i || !j || !k) throw new RangeError('three axes');
  return { placeMm: [i.place, j.place, k.place], spreadMm: [i.spread, j.spread, k.spread] };
}

/** Mean 0 and norm 1, so that an even surrounding says nothing. */
export function normalisedShape(cells: Float32Array): Float32Array {
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
  const norm = Math.sqrt(cells.reduce((sum, cell) => sum + (cell - mean) ** 2, 0));
  return cells.map(cell => (norm > 0 ? (cell - mean) / norm : 0));
}

/**
 * Where a shape best meets what the features foretell, near to where it is expected: mm in the canonical frame. Yields
 * now and then, so that others get a turn. The method's Python does the same.
 */
export function* findPlace(
  foretold: ForetoldCells,
  shape: ShapeCells,
  { placeMm, spreadMm }: Expected,
  likelyStep: number,
): Generator<undefined, Vector3> {
  const alike = yield* correlated(foretold, shape);
  const { shapeIjk, cornerIjk, spacingMm, inside } = foretold;
  const offAlong = AXES.map(axis =>
    Float64Array.from({ length: shapeIjk[axis] }, (_, n) => {
      const mm = (cornerIjk[axis] + (n + 0.5) * CELL_VOXELS) * spacingMm;
      return ((mm - placeMm[axis]) / spreadMm[axis]) ** 2 / 2;
    }),
  );
  const indexOf = (at: number): Vector3 => [
    at % shapeIjk[0],
    Math.floor(at / shapeIjk[0]) % shapeIjk[1],
    Math.floor(at / (shapeIjk[0] * shapeIjk[1])),
  ];
  const chances = alike.map((one, at) => {
    const [i, j, k] = indexOf(at);
    return inside[at] ? one / likelyStep - offAlong[0]![i]! - offAlong[1]![j]! - offAlong[2]![k]! : -Infinity;
  });
  let best = 0;
  for (let at = 1; at < chances.length; at++) if (chances[at]! > chances[best]!) best = at;
  const middle = indexOf(best);
  const sums: [number, number, number] = [0, 0, 0];
  let total = 0;
  for (let at = 0; at < chances.length; at++) {
    const index = indexOf(at);
    if (AXES.some(axis => Math.abs(index[axis] - middle[axis]) > ABOUT_CELLS)) continue;
    const weight = Math.exp(chances[at]! - chances[best]!);
    total += weight;
    for (const axis of AXES) {
      sums[axis] += weight * (cornerIjk[axis] + (index[axis] + 0.5) * CELL_VOXELS) * spacingMm;
    }
  }
  const mean = (axis: Axis): number => (total > 0 ? sums[axis] / total : placeMm[axis]);
  return [mean(0), mean(1), mean(2)];
}

/** Of the shape with what lies about each cell, against how much lies there. */
function* correlated(
  { values, shapeIjk }: ForetoldCells,
  shape: ShapeCells,
): Generator<undefined, Float64Array> {
  const [columns, rows, slices] = shapeIjk;
  const radius = (shape.side - 1) / 2;
  const alike = new Float64Array(cellCountOf(shapeIjk));
  const energy = new Float64Array(alike.length);
  for (let dk = -radius; dk <= radius; dk++) {
    for (let dj = -radius; dj <= radius; dj++) {
      yield;
      for (let k = Math.max(0, -dk); k < Math.min(slices, slices - dk); k++) {
        for (let j = Math.max(0, -dj); j < Math.min(rows, rows - dj); j++) {
          const to = (k * rows + j) * columns;
          const from = ((k + dk) * rows + j + dj) * columns;
          for (let di = -radius; di <= radius; di++) {
            const weight =
              shape.values[((dk + radius) * shape.side + dj + radius) * shape.side + di + radius]!;
            const last = Math.min(columns, columns - di);
            for (let i = Math.max(0, -di); i < last; i++) {
              const value = values[from + i + di]!;
              alike[to + i] = alike[to + i]! + weight * value;
              energy[to + i] = energy[to + i]! + value * value;
            }
          }
        }
      }
    }
  }
  return alike.map((one, at) => one / Math.sqrt(Math.max(LEAST_ENERGY, energy[at]!)));
}
