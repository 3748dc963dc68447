import { add, scale, subtract, type Vector3 } from './affine.ts';
import type { FramePlane } from './decodedSegmentation.ts';
import { indexIjkOf, type VolumeGeometry } from './volumeGeometry.ts';

/** A frame whose pixels are voxels of a volume: pixel (column, row) is voxel origin + column × step + row × step. */
export interface GridPlane {
  readonly originIjk: Vector3;
  /** Along one axis of the volume each, either way. */
  readonly columnStepIjk: Vector3;
  readonly rowStepIjk: Vector3;
  /** How far, in voxels, the corner pixel lies that lies furthest from its voxel. */
  readonly deviationVoxels: number;
}

/** A pixel that lies further from a voxel cannot be said to be it. */
const LARGEST_DEVIATION_VOXELS = 0.25;

/**
 * The voxels that the pixels of a frame are, whatever way its rows and columns run. Undefined where they are none:
 * frames of another resolution, turned, or shifted by more than a quarter of a voxel.
 */
export function gridPlaneOf(
  { originLps, columnStepLps, rowStepLps }: FramePlane,
  columns: number,
  rows: number,
  geometry: VolumeGeometry,
): GridPlane | undefined {
  const cornerOf = (column: number, row: number): Vector3 =>
    indexIjkOf(geometry, add(originLps, add(scale(columnStepLps, column), scale(rowStepLps, row))));
  const origin = cornerOf(0, 0);
  const originIjk = rounded(origin);
  const columnStepIjk = rounded(subtract(cornerOf(1, 0), origin));
  const rowStepIjk = rounded(subtract(cornerOf(0, 1), origin));
  if (!areTwoAxes(columnStepIjk, rowStepIjk)) return undefined;
  const corners = [0, columns - 1].flatMap(column => [0, rows - 1].map(row => [column, row] as const));
  const deviations = corners.flatMap(([column, row]) => {
    const voxel = add(originIjk, add(scale(columnStepIjk, column), scale(rowStepIjk, row)));
    return subtract(cornerOf(column, row), voxel).map(Math.abs);
  });
  const deviationVoxels = Math.max(...deviations);
  if (!(deviationVoxels <= LARGEST_DEVIATION_VOXELS)) return undefined;
  return { originIjk, columnStepIjk, rowStepIjk, deviationVoxels };
}

/** One along an axis each, and not along the same. */
function areTwoAxes(one: Vector3, other: Vector3): boolean {
  const lengths = [one, other].map(step => step.reduce((sum, index) => sum + Math.abs(index), 0));
  return (
    lengths.every(length => length === 1) && one.every((index, axis) => index === 0 || other[axis] === 0)
  );
}

function rounded([i, j, k]: Vector3): Vector3 {
  // Adding 0 makes 0 of −0.
  return [Math.round(i) + 0, Math.round(j) + 0, Math.round(k) + 0];
}
