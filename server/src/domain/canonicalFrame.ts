import { affineColumn, norm, type Vector3 } from './affine.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

export type Axis = 0 | 1 | 2;
export const AXES: readonly Axis[] = [0, 1, 2];

/** The volume axis that runs most nearly along one patient direction. */
export interface CanonicalAxis {
  readonly volumeAxis: Axis;
  /** The volume's index runs against the patient direction. */
  readonly flipped: boolean;
  readonly length: number;
  readonly spacingMm: number;
}

/**
 * The volume's own axes permuted and flipped to run most nearly to the patient's left, back and head: where
 * models look from. Positions in it are mm along those axes from the low edge corner of the volume, so that
 * copies of one image stored in any order of slices, rows and columns look the same.
 */
export type CanonicalFrame = readonly [CanonicalAxis, CanonicalAxis, CanonicalAxis];

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [2, 1, 0],
  [1, 2, 0],
  [2, 0, 1],
];

// Inverting an affine leaves noise near 1e-12; without this it could choose another lattice cell or voxel.
const INDEX_RESOLUTION = 1e-6;

export function canonicalFrameOf(geometry: VolumeGeometry): CanonicalFrame {
  const alongLps = (volumeAxis: Axis, patientAxis: Axis): number => {
    const column = affineColumn(geometry.ijkToLps, volumeAxis);
    return column[patientAxis] / norm(column);
  };
  const agreement = (order: readonly [Axis, Axis, Axis]): number =>
    AXES.reduce<number>((sum, patientAxis) => sum + Math.abs(alongLps(order[patientAxis], patientAxis)), 0);
  let best = PERMUTATIONS[0] ?? [0, 1, 2];
  for (const order of PERMUTATIONS) {
    if (agreement(order) > agreement(best) + INDEX_RESOLUTION) best = order;
  }
  const canonicalAxis = (patientAxis: Axis): CanonicalAxis => {
    const volumeAxis = best[patientAxis];
    return {
      volumeAxis,
      flipped: alongLps(volumeAxis, patientAxis) < 0,
      length: geometry.shapeIjk[volumeAxis],
      spacingMm: norm(affineColumn(geometry.ijkToLps, volumeAxis)),
    };
  };
  return [canonicalAxis(0), canonicalAxis(1), canonicalAxis(2)];
}

/** Voxel index of the volume → mm from the low edge corner, along the canonical axes. */
export function canonicalMmOf(frame: CanonicalFrame, indexIjk: Vector3): Vector3 {
  const along = ({ volumeAxis, flipped, length, spacingMm }: CanonicalAxis): number => {
    const index = indexIjk[volumeAxis];
    const fromLowEdge = flipped ? length - 0.5 - index : index + 0.5;
    return Math.round(fromLowEdge / INDEX_RESOLUTION) * INDEX_RESOLUTION * spacingMm;
  };
  return [along(frame[0]), along(frame[1]), along(frame[2])];
}

/** Edge to edge, along the canonical axes. */
export function extentMmOf(frame: CanonicalFrame): Vector3 {
  const extent = (axis: CanonicalAxis): number => axis.length * axis.spacingMm;
  return [extent(frame[0]), extent(frame[1]), extent(frame[2])];
}

/** The patient axis (0 left, 1 back, 2 head) that each volume axis serves. */
export function patientAxisOf(frame: CanonicalFrame, volumeAxis: Axis): Axis {
  return AXES.find(axis => frame[axis].volumeAxis === volumeAxis) ?? volumeAxis;
}
