import type { Vector3 } from './affine.ts';
import {
  AXES,
  mmOfVoxels,
  patientAxisOf,
  voxelsOfMm,
  type Axis,
  type CanonicalAxis,
  type CanonicalFrame,
} from './canonicalFrame.ts';
import type { IndexBox } from './indexBox.ts';
import type { Region } from './regionOfInterest.ts';
import type { Rescale, Volume } from './volume.ts';

/**
 * A region's voxels: `values` (K, J, I) float32 in modality units, and the box of them whose centres lie in the
 * volume.
 */
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

/** What a region voxel is the mean of: source voxels from the low edge of the volume on. */
interface SourceInterval {
  readonly centre: number;
  readonly from: number;
  readonly to: number;
  /** Source voxels are as long as they are in mm, not one each. */
  readonly isInMm: boolean;
}

/**
 * Region voxel n is the mean of the source over an interval as wide as the larger of the two voxels. That is
 * area averaging where the region is coarser than the source, and exactly linear interpolation (clamped at the
 * volume's edge) where it is finer; between slices that are not evenly spaced, too.
 */
function axisTaps(frame: CanonicalFrame, region: Region, axis: Axis): AxisTaps {
  const { length, flipped } = frame[axis];
  const size = region.shapeIjk[axis];
  const first = new Int32Array(size);
  const offset = new Int32Array(size + 1);
  const weights: number[] = [];
  let low = size;
  let high = 0;
  for (let n = 0; n < size; n++) {
    offset[n] = weights.length;
    const { centre, isInMm, ...interval } = sourceInterval(frame[axis], region, axis, n);
    if (centre < 0 || centre > length) continue;
    low = Math.min(low, n);
    high = n + 1;
    const from = Math.max(0, interval.from);
    const to = Math.min(length, interval.to);
    const begin = Math.floor(from);
    first[n] = begin;
    const place = (voxels: number): number => (isInMm ? mmOfVoxels(frame[axis], voxels) : voxels);
    const [begins, ends] = [place(from), place(to)];
    for (let m = begin; m < to; m++) {
      weights.push((Math.min(ends, place(m + 1)) - Math.max(begins, place(m))) / (ends - begins));
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

/** Source voxel m covers [m, m + 1). */
function sourceInterval(source: CanonicalAxis, region: Region, axis: Axis, n: number): SourceInterval {
  const inRegion = region.cornerIjk[axis] + n + 0.5;
  if (!source.centresMm) {
    const step = region.spacingMm / source.spacingMm;
    const centre = inRegion * step;
    const half = Math.max(1, step) / 2;
    return { centre, from: centre - half, to: centre + half, isInMm: false };
  }
  const [low, centre, high] = [inRegion - 0.5, inRegion, inRegion + 0.5].map(at =>
    voxelsOfMm(source, at * region.spacingMm),
  ) as [number, number, number];
  const isInMm = low < centre - 0.5 || high > centre + 0.5;
  return { centre, from: Math.min(low, centre - 0.5), to: Math.max(high, centre + 0.5), isInMm };
}

function tapCount(taps: AxisTaps, n: number): number {
  return taps.offset[n + 1]! - taps.offset[n]!;
}

/** Source voxels begin ≤ m < end that any region voxel needs, in canonical order. */
function neededSpan(taps: AxisTaps): { begin: number; end: number } {
  const last = taps.high - 1;
  return { begin: taps.first[taps.low]!, end: taps.first[last]! + tapCount(taps, last) };
}

/** Source columns from ≤ i < to of row m of the region, still at the source's resolution along the row. */
function averageRows(
  source: Volume['values'],
  sliceStart: number,
  columns: number,
  rows: AxisTaps,
  m: number,
  from: number,
  to: number,
  line: Float32Array,
): void {
  const begin = rows.offset[m]!;
  const last = tapCount(rows, m) - 1;
  const rowStart = (tap: number): number => {
    const row = rows.first[m]! + Math.min(tap, last);
    return sliceStart + (rows.flipped ? rows.length - 1 - row : row) * columns;
  };
  const weight = (tap: number): number => (tap <= last ? rows.weights[begin + tap]! : 0);
  line.fill(0, from, to);
  // Three rows at a time: this loop touches every source voxel and is most of the work.
  for (let tap = 0; tap <= last; tap += 3) {
    const [a, b, c] = [rowStart(tap), rowStart(tap + 1), rowStart(tap + 2)];
    const [weightA, weightB, weightC] = [weight(tap), weight(tap + 1), weight(tap + 2)];
    for (let i = from; i < to; i++) {
      line[i] = line[i]! + weightA * source[a + i]! + weightB * source[b + i]! + weightC * source[c + i]!;
    }
  }
}

/** One row of the source's resolution → one row of region voxels. */
function averageAlong(line: Float32Array, taps: AxisTaps, result: Float32Array): void {
  const { low, high, first, offset, weights, flipped, length } = taps;
  const direction = flipped ? -1 : 1;
  const origin = flipped ? length - 1 : 0;
  for (let n = low; n < high; n++) {
    let at = origin + direction * first[n]!;
    let sum = 0;
    for (let tap = offset[n]!; tap < offset[n + 1]!; tap++, at += direction) {
      sum += weights[tap]! * line[at]!;
    }
    result[n] = sum;
  }
}

/**
 * Reads a region out of a volume. Separable, slice by slice, and only what the region covers. Voxels outside
 * the volume are 0 and lie outside `insideBox`.
 */
export function sampleRegion(
  volume: Pick<Volume, 'geometry' | 'values' | 'rescale'>,
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
  const needed = neededSpan(column.taps);
  const from = column.taps.flipped ? columns - needed.end : needed.begin;
  const to = column.taps.flipped ? columns - needed.begin : needed.end;
  const line = new Float32Array(columns);
  const regionRow = new Float32Array(column.taps.first.length);
  const slices = neededSpan(slice.taps);
  let firstOutput = slice.taps.low;
  for (let k = slices.begin; k < slices.end; k++) {
    const sliceStart = (slice.taps.flipped ? slice.taps.length - 1 - k : k) * rows * columns;
    while (slice.taps.first[firstOutput]! + tapCount(slice.taps, firstOutput) <= k) firstOutput++;
    for (let m = row.taps.low; m < row.taps.high; m++) {
      averageRows(volume.values, sliceStart, columns, row.taps, m, from, to, line);
      averageAlong(line, column.taps, regionRow);
      for (let o = firstOutput; o < slice.taps.high && slice.taps.first[o]! <= k; o++) {
        const weight = slice.taps.weights[slice.taps.offset[o]! + k - slice.taps.first[o]!]!;
        let at = o * slice.stride + m * row.stride + column.taps.low * column.stride;
        for (let n = column.taps.low; n < column.taps.high; n++, at += column.stride) {
          values[at] = values[at]! + weight * regionRow[n]!;
        }
      }
    }
  }
  toModalityUnits(samples, volume.rescale);
  return samples;
}

/** Means of stored values are brought to modality units, not each of the many values they were made of. */
function toModalityUnits(
  { shapeIjk, values, insideBox }: RegionSamples,
  { slope, intercept }: Rescale,
): void {
  if (slope === 1 && intercept === 0) return;
  for (let k = insideBox.minIjk[2]; k < insideBox.maxIjk[2]; k++) {
    for (let j = insideBox.minIjk[1]; j < insideBox.maxIjk[1]; j++) {
      const row = (k * shapeIjk[1] + j) * shapeIjk[0];
      for (let at = row + insideBox.minIjk[0]; at < row + insideBox.maxIjk[0]; at++) {
        values[at] = values[at]! * slope + intercept;
      }
    }
  }
}
