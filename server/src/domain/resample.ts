import type { Vector3 } from './affine.ts';
import { AXES, patientAxisOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import type { IndexBox } from './indexBox.ts';
import type { Region } from './regionOfInterest.ts';
import type { Volume } from './volume.ts';

/** A region's voxels: `values` (K, J, I) float32, and the box of them whose centres lie in the volume. */
export interface RegionSamples {
  readonly shapeIjk: Vector3;
  readonly values: Float32Array;
  readonly insideBox: IndexBox;
}

/** Which source voxels, in canonical order, one axis of the region is averaged from. */
interface AxisTaps {
  /** Region voxels low ≤ n < high have their centres in the volume. */
  readonly low: number;
  readonly high: number;
  /** First source voxel of region voxel n, and where its weights begin (one more entry than voxels). */
  readonly first: Int32Array;
  readonly offset: Int32Array;
  readonly weights: Float64Array;
  readonly flipped: boolean;
  readonly length: number;
}

/**
 * Region voxel n is the mean of the source over an interval as wide as the larger of the two voxels. That is
 * area averaging where the region is coarser than the source, and exactly linear interpolation (clamped at the
 * volume's edge) where it is finer.
 */
function axisTaps(frame: CanonicalFrame, region: Region, axis: Axis): AxisTaps {
  const { length, spacingMm, flipped } = frame[axis];
  const step = region.spacingMm / spacingMm;
  const width = Math.max(1, step);
  const size = region.shapeIjk[axis];
  const first = new Int32Array(size);
  const offset = new Int32Array(size + 1);
  const weights: number[] = [];
  let low = size;
  let high = 0;
  for (let n = 0; n < size; n++) {
    offset[n] = weights.length;
    // Source coordinate of the centre, from the low edge: voxel m covers [m, m + 1).
    const centre = (region.cornerIjk[axis] + n + 0.5) * step;
    if (centre < 0 || centre > length) continue;
    low = Math.min(low, n);
    high = n + 1;
    const from = Math.max(0, centre - width / 2);
    const to = Math.min(length, centre + width / 2);
    const begin = Math.floor(from);
    first[n] = begin;
    for (let m = begin; m < to; m++) {
      weights.push((Math.min(to, m + 1) - Math.max(from, m)) / (to - from));
    }
  }
  offset[size] = weights.length;
  return {
    low: Math.min(low, high),
    high,
    first,
    offset,
    weights: Float64Array.from(weights),
    flipped,
    length,
  };
}

function tapCount(taps: AxisTaps, n: number): number {
  return taps.offset[n + 1]! - taps.offset[n]!;
}

/** Source voxels begin ≤ m < end that any region voxel needs, in canonical order. */
function neededSpan(taps: AxisTaps): { begin: number; end: number } {
  const last = taps.high - 1;
  return { begin: taps.first[taps.low]!, end: taps.first[last]! + tapCount(taps, last) };
}

/** One source row → one row of region voxels, along the axis that is contiguous in memory. */
function averageRow(source: Volume['values'], rowStart: number, taps: AxisTaps, row: Float32Array): void {
  const { low, high, first, offset, weights, flipped, length } = taps;
  const direction = flipped ? -1 : 1;
  const origin = flipped ? rowStart + length - 1 : rowStart;
  for (let n = low; n < high; n++) {
    let at = origin + direction * first[n]!;
    const end = offset[n + 1]! - 1;
    let tap = offset[n]!;
    let sum = weights[tap]! * source[at]!;
    if (++tap <= end) {
      // All taps between the outermost two have the same weight.
      let middle = 0;
      const inner = weights[tap]!;
      for (; tap < end; tap++) {
        at += direction;
        middle += source[at]!;
      }
      sum += inner * middle + weights[end]! * source[at + direction]!;
    }
    row[n] = sum;
  }
}

/**
 * Reads a region out of a volume. Separable, slice by slice, and only what the region covers. Voxels outside
 * the volume are 0 and lie outside `insideBox`.
 */
export function sampleRegion(
  volume: Pick<Volume, 'geometry' | 'values'>,
  frame: CanonicalFrame,
  region: Region,
): RegionSamples {
  const { shapeIjk } = region;
  const values = new Float32Array(shapeIjk[0] * shapeIjk[1] * shapeIjk[2]);
  const regionTaps = AXES.map(axis => axisTaps(frame, region, axis));
  const range = (bound: 'low' | 'high'): Vector3 => [
    regionTaps[0]![bound],
    regionTaps[1]![bound],
    regionTaps[2]![bound],
  ];
  const insideBox: IndexBox = { minIjk: range('low'), maxIjk: range('high') };
  const samples: RegionSamples = { shapeIjk, values, insideBox };
  if (regionTaps.some(taps => taps.low >= taps.high)) return samples;

  // Taps and strides of the region's array along the volume's columns, rows and slices.
  const regionStrides = [1, shapeIjk[0], shapeIjk[0] * shapeIjk[1]];
  const along = (volumeAxis: Axis): { taps: AxisTaps; stride: number } => {
    const axis = patientAxisOf(frame, volumeAxis);
    return { taps: regionTaps[axis]!, stride: regionStrides[axis]! };
  };
  const column = along(0);
  const row = along(1);
  const slice = along(2);
  const [columns, rows] = volume.geometry.shapeIjk;
  const width = column.taps.first.length;
  const neededRows = neededSpan(row.taps);
  const neededSlices = neededSpan(slice.taps);
  const rowSums = Array.from({ length: neededRows.end - neededRows.begin }, () => new Float32Array(width));
  const planeRow = new Float32Array(width);
  let firstOutput = slice.taps.low;
  for (let k = neededSlices.begin; k < neededSlices.end; k++) {
    const sourceSlice = slice.taps.flipped ? slice.taps.length - 1 - k : k;
    for (let j = neededRows.begin; j < neededRows.end; j++) {
      const sourceRow = row.taps.flipped ? row.taps.length - 1 - j : j;
      const rowStart = (sourceSlice * rows + sourceRow) * columns;
      averageRow(volume.values, rowStart, column.taps, rowSums[j - neededRows.begin]!);
    }
    while (slice.taps.first[firstOutput]! + tapCount(slice.taps, firstOutput) <= k) firstOutput++;
    for (let m = row.taps.low; m < row.taps.high; m++) {
      averageRows(rowSums, neededRows.begin, row.taps, m, column.taps, planeRow);
      for (let o = firstOutput; o < slice.taps.high && slice.taps.first[o]! <= k; o++) {
        const weight = slice.taps.weights[slice.taps.offset[o]! + k - slice.taps.first[o]!]!;
        let at = o * slice.stride + m * row.stride + column.taps.low * column.stride;
        for (let n = column.taps.low; n < column.taps.high; n++, at += column.stride) {
          values[at] = values[at]! + weight * planeRow[n]!;
        }
      }
    }
  }
  return samples;
}

function averageRows(
  rows: readonly Float32Array[],
  firstRow: number,
  rowTaps: AxisTaps,
  m: number,
  columnTaps: AxisTaps,
  result: Float32Array,
): void {
  result.fill(0);
  const begin = rowTaps.offset[m]!;
  for (let tap = 0; tap < tapCount(rowTaps, m); tap++) {
    const weight = rowTaps.weights[begin + tap]!;
    const source = rows[rowTaps.first[m]! + tap - firstRow]!;
    for (let n = columnTaps.low; n < columnTaps.high; n++) result[n] = result[n]! + weight * source[n]!;
  }
}
