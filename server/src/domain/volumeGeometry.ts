import { affineColumn, applyAffine, invertAffine, norm, type Affine, type Vector3 } from './affine.ts';

/**
 * Where a grid of voxels lies in the patient: IJK = (column, row, slice) at voxel centres, LPS in mm.
 * Kept apart from the voxel values so that masks, regions and SEG frames can be compared with it.
 */
export interface VolumeGeometry {
  readonly shapeIjk: Vector3;
  readonly ijkToLps: Affine;
  readonly frameOfReferenceUID: string;
}

/** Two positions closer than this are one place: a thousandth of the finest pixel in clinical use. */
export const POSITION_TOLERANCE_MM = 1e-4;

export function spacingMmOf(geometry: VolumeGeometry): Vector3 {
  const a = geometry.ijkToLps;
  return [norm(affineColumn(a, 0)), norm(affineColumn(a, 1)), norm(affineColumn(a, 2))];
}

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
  return applyAffine(invertAffine(geometry.ijkToLps), pointLps);
}

export function pointLpsOf(geometry: VolumeGeometry, indexIjk: Vector3): Vector3 {
  return applyAffine(geometry.ijkToLps, indexIjk);
}

/** A point belongs to the volume when it lies in one of its voxels, edges included. */
export function containsIndex(geometry: VolumeGeometry, indexIjk: Vector3): boolean {
  return indexIjk.every((index, axis) => index >= -0.5 && index <= (geometry.shapeIjk[axis] ?? 0) - 0.5);
}

/** Equal when the Frame of Reference is the same and every voxel centre agrees within the tolerance. */
export function sameGeometry(a: VolumeGeometry, b: VolumeGeometry): boolean {
  if (a.frameOfReferenceUID !== b.frameOfReferenceUID) return false;
  if (a.shapeIjk.some((size, axis) => size !== b.shapeIjk[axis])) return false;
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
