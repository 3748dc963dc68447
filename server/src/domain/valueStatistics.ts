import { boxSize } from './indexBox.ts';
import type { Mask } from './mask.ts';
import { slicesATurn } from './maskSlices.ts';
import type { Volume } from './volume.ts';

/** Of the voxels of a mask, in modality units. */
export interface ValueStatistics {
  readonly mean: number;
  /** Of all voxels (divided by their number): they are the whole structure, not a sample of it. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Stored values, as they are added up. */
interface Sums {
  count: number;
  sum: number;
  low: number;
  high: number;
}

type Grid = Pick<Volume, 'values' | 'geometry'>;

/** Undefined for an empty mask. Yields every few slices, so that others get a turn. */
export function* valueStatistics(
  mask: Mask,
  volume: Pick<Volume, 'values' | 'rescale' | 'geometry'>,
): Generator<undefined, ValueStatistics | undefined> {
  const depth = boxSize(mask.box)[2];
  const step = slicesATurn(mask);
  const sums: Sums = { count: 0, sum: 0, low: Infinity, high: -Infinity };
  for (let k = 0; k < depth; k++) {
    if (k % step === 0) yield;
    addSlice(sums, k, mask, volume);
  }
  const { count, sum, low, high } = sums;
  if (count === 0) return undefined;
  const mean = sum / count;
  // A second pass: the difference of two large sums would lose the digits that matter.
  let squares = 0;
  for (let k = 0; k < depth; k++) {
    if (k % step === 0) yield;
    squares = addSquares(squares, mean, k, mask, volume);
  }
  const { slope, intercept } = volume.rescale;
  const ends = [low * slope + intercept, high * slope + intercept];
  return {
    mean: mean * slope + intercept,
    standardDeviation: Math.sqrt(squares / count) * Math.abs(slope),
    minimum: Math.min(...ends),
    maximum: Math.max(...ends),
  };
}

/** By index, here and below: an iterator takes several times as long. */
function addSlice(sums: Sums, k: number, mask: Mask, grid: Grid): void {
  const { voxels } = mask;
  const { values } = grid;
  const [columns, rows] = boxSize(mask.box);
  let { count, sum, low, high } = sums;
  for (let row = 0; row < rows; row++) {
    const first = (k * rows + row) * columns;
    const toValue = originOfRow(k, row, mask, grid) - first;
    for (let at = first; at < first + columns; at++) {
      if (voxels[at] === 0) continue;
      const value = values[at + toValue]!;
      count++;
      sum += value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  Object.assign(sums, { count, sum, low, high });
}

function addSquares(before: number, mean: number, k: number, mask: Mask, grid: Grid): number {
  const { voxels } = mask;
  const { values } = grid;
  const [columns, rows] = boxSize(mask.box);
  let squares = before;
  for (let row = 0; row < rows; row++) {
    const first = (k * rows + row) * columns;
    const toValue = originOfRow(k, row, mask, grid) - first;
    for (let at = first; at < first + columns; at++) {
      if (voxels[at] === 0) continue;
      const deviation = values[at + toValue]! - mean;
      squares += deviation * deviation;
    }
  }
  return squares;
}

/** Where row (row, k) of the mask's box begins in the volume. */
function originOfRow(k: number, row: number, { box }: Mask, { geometry }: Pick<Grid, 'geometry'>): number {
  const [columns, rows] = geometry.shapeIjk;
  const { minIjk } = box;
  return ((minIjk[2] + k) * rows + minIjk[1] + row) * columns + minIjk[0];
}
