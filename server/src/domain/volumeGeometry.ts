import {
  affineColumn,
  applyAffine,
  cross,
  dot,
  invertAffine,
  norm,
  type Affine,
  type Vector3,
} from './affine.ts';
import { indexOfPlace, placeOfIndex, type Places } from './slicePlaces.ts';

/**
 * Where a grid of voxels lies in the patient: IJK = (column, row, slice) at voxel centres, LPS in mm.
 * Kept apart from the voxel values so that masks, regions and SEG frames can be compared with it.
 */
export interface VolumeGeometry {
  readonly shapeIjk: Vector3;
  /** Of a stack that is not evenly spaced, its third column is the mean step. */
  readonly ijkToLps: Affine;
  readonly frameOfReferenceUID: string;
  /**
   * Where the slices of a stack lie that is not evenly spaced, in mean steps from the first (0) to the last (their
   * number − 1). Absent: slice k lies at k.
   */
  readonly slicePlaces?: Places;
}

/** Two positions closer than this are one place: a thousandth of the finest pixel in clinical use. */
export const POSITION_TOLERANCE_MM = 1e-4;

export function spacingMmOf(geometry: VolumeGeometry): Vector3 {
  const a = geometry.ijkToLps;
  return [norm(affineColumn(a, 0)), norm(affineColumn(a, 1)), norm(affineColumn(a, 2))];
}

/** Mean distance of slices: in a tilted stack the step from slice to slice is longer (PS3.3 C.7.6.2.1.1). */
export function stepAlongNormalMm({ ijkToLps }: VolumeGeometry): number {
  const normal = cross(affineColumn(ijkToLps, 0), affineColumn(ijkToLps, 1));
  return Math.abs(dot(affineColumn(ijkToLps, 2), normal)) / norm(normal);
}

/** In the mean, where slices are not evenly spaced. */
export function voxelVolumeMl(geometry: VolumeGeometry): number {
  const a = geometry.ijkToLps;
  const determinant =
    a[0] * (a[5] * a[10] - a[6] * a[9]) -
    a[1] * (a[4] * a[10] - a[6] * a[8]) +
    a[2] * (a[4] * a[9] - a[5] * a[8]);
  return Math.abs(determinant) / 1000;
}

export function voxelCountOf(geometry: VolumeGeometry): number {
  return geometry.shapeIjk[0] * geometry.shapeIjk[1] * geometry.shapeIjk[2];
}

export function indexIjkOf(geometry: VolumeGeometry, pointLps: Vector3): Vector3 {
  const [i, j, place] = applyAffine(invertAffine(geometry.ijkToLps), pointLps);
  return [i, j, geometry.slicePlaces ? indexOfPlace(geometry.slicePlaces, place) : place];
}

export function pointLpsOf(geometry: VolumeGeometry, indexIjk: Vector3): Vector3 {
  const [i, j, k] = indexIjk;
  return applyAffine(geometry.ijkToLps, [
    i,
    j,
    geometry.slicePlaces ? placeOfIndex(geometry.slicePlaces, k) : k,
  ]);
}

/** A point belongs to the volume when it lies in one of its voxels, edges included. */
export function containsIndex(geometry: VolumeGeometry, indexIjk: Vector3): boolean {
  return indexIjk.every((index, axis) => index >= -0.5 && index <= (geometry.shapeIjk[axis] ?? 0) - 0.5);
}

/** Equal when the Frame of Reference is the same and every voxel centre agrees within the tolerance. */
export function sameGeometry(a: VolumeGeometry, b: VolumeGeometry): boolean {
  if (a.frameOfReferenceUID !== b.frameOfReferenceUID) return false;
  if (a.shapeIjk.some((size, axis) => size !== b.shapeIjk[axis])) return false;
  if (!sameSlicePlaces(a, b)) return false;
  const last: Vector3 = [a.shapeIjk[0] - 1, a.shapeIjk[1] - 1, a.shapeIjk[2] - 1];
  // Affine maps that agree at these four corners agree everywhere between them.
  const corners: Vector3[] = [
    [0, 0, 0],
    [last[0], 0, 0],
    [0, last[1], 0],
    [0, 0, last[2]],
  ];
  return corners.every(corner => {
    const p = applyAffine(a.ijkToLps, corner);
    const q = applyAffine(b.ijkToLps, corner);
    return p.every((value, axis) => Math.abs(value - (q[axis] ?? NaN)) <= POSITION_TOLERANCE_MM);
  });
}

function sameSlicePlaces(a: VolumeGeometry, b: VolumeGeometry): boolean {
  const stepMm = spacingMmOf(a)[2];
  return Array.from(
    { length: a.slicePlaces || b.slicePlaces ? a.shapeIjk[2] : 0 },
    (_, k) => ((a.slicePlaces?.[k] ?? k) - (b.slicePlaces?.[k] ?? k)) * stepMm,
  ).every(differenceMm => Math.abs(differenceMm) <= POSITION_TOLERANCE_MM);
}
