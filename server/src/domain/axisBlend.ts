import type { Vector3 } from './affine.ts';
import { mmOfVoxels, patientAxisOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';

/** Linear interpolation along one axis of the volume: voxel n lies between samples `below` and `below` + 1. */
export interface AxisBlend {
  readonly below: Int32Array;
  readonly fraction: Float64Array;
  /** Distance in the samples' array between neighbours along this axis. */
  readonly stride: number;
  /** First sample needed, and how many. */
  readonly first: number;
  readonly count: number;
}

/** Samples on a grid along the canonical axes. */
export interface SampleGrid {
  /** Along the canonical axes. */
  readonly shapeIjk: Vector3;
  /** mm from the low edge of the volume → samples from the low edge of the grid on, edge to edge. */
  readonly samplesOfMm: (axis: Axis, mm: number) => number;
}

/** Where voxels from ≤ n < to of the volume lie among the samples; beyond the outermost, at those. */
export function placeVoxels(
  grid: SampleGrid,
  frame: CanonicalFrame,
  volumeAxis: Axis,
  [from, to]: readonly [number, number],
): Pick<AxisBlend, 'below' | 'fraction' | 'stride'> {
  const axis = patientAxisOf(frame, volumeAxis);
  const { flipped, length } = frame[axis];
  const [columns, rows] = grid.shapeIjk;
  const below = new Int32Array(length);
  const fraction = new Float64Array(length);
  for (let n = from; n < to; n++) {
    const mm = mmOfVoxels(frame[axis], flipped ? length - 0.5 - n : n + 0.5);
    const position = Math.min(grid.shapeIjk[axis] - 1, Math.max(0, grid.samplesOfMm(axis, mm) - 0.5));
    below[n] = Math.floor(position);
    fraction[n] = position - below[n]!;
  }
  return { below, fraction, stride: [1, columns, columns * rows][axis]! };
}

/** One slice of the volume, still at the samples' resolution within the slice. */
export function blendPlane(
  samples: Float32Array,
  slice: AxisBlend,
  row: AxisBlend,
  column: AxisBlend,
  k: number,
  plane: Float32Array,
): void {
  const fraction = slice.fraction[k]!;
  const above = fraction > 0 ? slice.stride : 0;
  const corner = slice.below[k]! * slice.stride + row.first * row.stride + column.first * column.stride;
  let to = 0;
  for (let m = 0; m < row.count; m++) {
    let at = corner + m * row.stride;
    for (let n = 0; n < column.count; n++, at += column.stride) {
      const value = samples[at]!;
      plane[to++] = value + fraction * (samples[at + above]! - value);
    }
  }
}
