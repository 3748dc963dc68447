import type { Mask } from './mask.ts';
import { runsOf } from './runs.ts';
import type { Volume } from './volume.ts';

/** Of the voxels of a mask, in modality units. */
export interface ValueStatistics {
  readonly mean: number;
  /** Of all voxels (divided by their number): they are the whole structure, not a sample of it. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Undefined for an empty mask. */
export function valueStatistics(
  mask: Mask,
  { values, rescale, geometry }: Pick<Volume, 'values' | 'rescale' | 'geometry'>,
): ValueStatistics | undefined {
  const [columns, rowsOfSlice] = geometry.shapeIjk;
  const { start, end, firstOfRow, rows, slices } = runsOf(mask);
  const { minIjk } = mask.box;
  const eachRun = (visit: (run: Volume['values']) => void): void => {
    for (let row = 0; row < rows * slices; row++) {
      const j = minIjk[1] + (row % rows);
      const k = minIjk[2] + Math.floor(row / rows);
      const origin = (k * rowsOfSlice + j) * columns + minIjk[0];
      for (let run = firstOfRow[row]!; run < firstOfRow[row + 1]!; run++) {
        visit(values.subarray(origin + start[run]!, origin + end[run]!));
      }
    }
  };
  let [count, sum, low, high] = [0, 0, Infinity, -Infinity];
  eachRun(run => {
    count += run.length;
    for (const value of run) {
      sum += value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  });
  if (count === 0) return undefined;
  const mean = sum / count;
  // A second pass: the difference of two large sums would lose the digits that matter.
  let squares = 0;
  eachRun(run => {
    for (const value of run) squares += (value - mean) ** 2;
  });
  const { slope, intercept } = rescale;
  const ends = [low * slope + intercept, high * slope + intercept];
  return {
    mean: mean * slope + intercept,
    standardDeviation: Math.sqrt(squares / count) * Math.abs(slope),
    minimum: Math.min(...ends),
    maximum: Math.max(...ends),
  };
}
