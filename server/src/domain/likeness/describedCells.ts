import type { Vector3 } from '../affine.ts';
import { cellCountOf, type FeatureGrid } from './cells.ts';

/** Rows of features, one a cell. */
export interface Features {
  readonly channels: number;
  /** (cells, channels) */
  readonly rows: Float32Array;
}

/**
 * All levels of an encoder at the centres of cells, one after the other; coarser grids are interpolated linearly. The
 * method's Python does the same.
 * @param cellShapeIjk of the region @param chosen places of cells in its k-j-i order
 */
export function describedCells(
  levels: readonly FeatureGrid[],
  cellShapeIjk: Vector3,
  chosen: Int32Array,
): Features {
  const channels = levels.reduce((sum, level) => sum + level.channels, 0);
  const rows = new Float32Array(chosen.length * channels);
  let first = 0;
  for (const level of levels) {
    addLevel(level, cellShapeIjk, chosen, rows, channels, first);
    first += level.channels;
  }
  return { channels, rows };
}

function addLevel(
  { channels, shapeKji, values }: FeatureGrid,
  cellShapeIjk: Vector3,
  chosen: Int32Array,
  rows: Float32Array,
  rowLength: number,
  first: number,
): void {
  const [depth, height, width] = shapeKji;
  const [blendI, blendJ, blendK] = [
    blendOf(cellShapeIjk[0], width),
    blendOf(cellShapeIjk[1], height),
    blendOf(cellShapeIjk[2], depth),
  ];
  const size = cellCountOf([width, height, depth]);
  const [columns, lines] = cellShapeIjk;
  const places = new Int32Array(8);
  const weights = new Float64Array(8);
  chosen.forEach((cell, n) => {
    const i = cell % columns;
    const j = Math.floor(cell / columns) % lines;
    const k = Math.floor(cell / (columns * lines));
    for (let corner = 0; corner < 8; corner++) {
      const [x, y, z] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const at = (blend: Blend, m: number, upper: number): number =>
        Math.min(blend.length - 1, blend.low[m]! + upper);
      const weight = (blend: Blend, m: number, upper: number): number =>
        upper ? blend.fraction[m]! : 1 - blend.fraction[m]!;
      places[corner] = (at(blendK, k, z) * height + at(blendJ, j, y)) * width + at(blendI, i, x);
      weights[corner] = weight(blendK, k, z) * weight(blendJ, j, y) * weight(blendI, i, x);
    }
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let corner = 0; corner < 8; corner++) {
        if (weights[corner]! > 0) sum += weights[corner]! * values[channel * size + places[corner]!]!;
      }
      rows[n * rowLength + first + channel] = sum;
    }
  });
}

interface Blend {
  readonly length: number;
  readonly low: Int32Array;
  readonly fraction: Float64Array;
}

/** Where the centres of `count` cells lie on a grid of `length`, edge to edge. */
function blendOf(count: number, length: number): Blend {
  const low = new Int32Array(count);
  const fraction = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const position = Math.min(length - 1, Math.max(0, ((n + 0.5) * length) / count - 0.5));
    low[n] = Math.floor(position);
    fraction[n] = position - low[n]!;
  }
  return { length, low, fraction };
}

/** Values on cells, linearly on another grid that covers the same region. */
export function regridded(cells: Float32Array, cellShapeIjk: Vector3, shapeIjk: Vector3): Float32Array {
  const [i, j, k] = cellShapeIjk;
  const every = Int32Array.from({ length: cellCountOf(shapeIjk) }, (_, n) => n);
  return describedCells([{ channels: 1, shapeKji: [k, j, i], values: cells }], shapeIjk, every).rows;
}
