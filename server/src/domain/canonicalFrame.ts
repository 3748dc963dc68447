import { affineColumn, norm, type Vector3 } from './affine.ts';
import { indexOfPlace, placeOfIndex, smallestStepOf, type Places } from './slicePlaces.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

export type Axis = 0 | 1 | 2;
export const AXES: readonly Axis[] = [0, 1, 2];

/** The volume axis that runs most nearly along one patient direction. */
export interface CanonicalAxis {
  readonly volumeAxis: Axis;
  /** The volume's index runs against the patient direction. */
  readonly flipped: boolean;
  readonly length: number;
  /** The smallest where `centresMm` says that steps differ. */
  readonly spacingMm: number;
  /** Of the voxels from the low edge of the volume on, along the patient direction. Absent: evenly spaced. */
  readonly centresMm?: Places;
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
    const stepMm = norm(affineColumn(geometry.ijkToLps, volumeAxis));
    const even = {
      volumeAxis,
      flipped: alongLps(volumeAxis, patientAxis) < 0,
      length: geometry.shapeIjk[volumeAxis],
      spacingMm: stepMm,
    };
    return volumeAxis === 2 && geometry.slicePlaces ? uneven(even, geometry.slicePlaces) : even;
  };
  return [canonicalAxis(0), canonicalAxis(1), canonicalAxis(2)];
}

/** @param places of the voxels in steps of `spacingMm`, by index of the volume */
function uneven(axis: CanonicalAxis, places: Places): CanonicalAxis {
  const fromLowEnd = axis.flipped ? places.map(place => -place).reverse() : places;
  const lowEdge = placeOfIndex(fromLowEnd, -0.5);
  const centresMm = fromLowEnd.map(place => (place - lowEdge) * axis.spacingMm);
  return { ...axis, spacingMm: smallestStepOf(centresMm), centresMm };
}

/** Voxels (from the low edge on, so that voxel n covers [n, n + 1)) → mm from the low edge. */
export function mmOfVoxels({ spacingMm, centresMm }: CanonicalAxis, voxels: number): number {
  return centresMm ? placeOfIndex(centresMm, voxels - 0.5) : voxels * spacingMm;
}

/** The inverse of `mmOfVoxels`. */
export function voxelsOfMm({ spacingMm, centresMm }: CanonicalAxis, mm: number): number {
  return centresMm ? indexOfPlace(centresMm, mm) + 0.5 : mm / spacingMm;
}

/** Voxel index of the volume → mm from the low edge corner, along the canonical axes. */
export function canonicalMmOf(frame: CanonicalFrame, indexIjk: Vector3): Vector3 {
  const along = (axis: CanonicalAxis): number => {
    const index = indexIjk[axis.volumeAxis];
    const fromLowEdge = axis.flipped ? axis.length - 0.5 - index : index + 0.5;
    return mmOfVoxels(axis, Math.round(fromLowEdge / INDEX_RESOLUTION) * INDEX_RESOLUTION);
  };
  return [along(frame[0]), along(frame[1]), along(frame[2])];
}

/** Edge to edge, along the canonical axes. */
export function extentMmOf(frame: CanonicalFrame): Vector3 {
  const extent = (axis: CanonicalAxis): number => mmOfVoxels(axis, axis.length);
  return [extent(frame[0]), extent(frame[1]), extent(frame[2])];
}

/** The patient axis (0 left, 1 back, 2 head) that each volume axis serves. */
export function patientAxisOf(frame: CanonicalFrame, volumeAxis: Axis): Axis {
  return AXES.find(axis => frame[axis].volumeAxis === volumeAxis) ?? volumeAxis;
}
