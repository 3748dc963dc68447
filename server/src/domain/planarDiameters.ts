import { add, affineColumn, dot, norm, scale, subtract, type Vector3 } from './affine.ts';
import {
  convexHull,
  farthestPair,
  longestPerpendicularChord,
  planeDistance,
  type PlanePoint,
} from './convexHull.ts';
import { boxSize } from './indexBox.ts';
import type { Mask } from './mask.ts';
import { slicesATurn, voxelsOfSlice } from './maskSlices.ts';
import { pointLpsOf, type VolumeGeometry } from './volumeGeometry.ts';

/** A straight line between two places in the patient. */
export interface Diameter {
  readonly lengthMm: number;
  readonly endsLps: readonly [Vector3, Vector3];
}

/** Both lie in the plane of slice k = `sliceIndex`. */
export interface PlanarDiameters {
  readonly sliceIndex: number;
  readonly longest: Diameter;
  /** The longest line at a right angle to `longest` in the convex hull of the same slice. */
  readonly perpendicular: Diameter;
}

/**
 * The longest diameter of a mask in the plane of any of its slices, and the longest one perpendicular to it in that
 * slice: the pair of lines that a reader draws for response criteria. Measured between outer corners of the voxels,
 * not between their centres: a mask covers the whole of its voxels, as calipers set on the edge of a structure do,
 * and a structure one voxel wide is one voxel wide, not nothing. Undefined for an empty mask. Yields every few slices, so
 * that others get a turn.
 */
export function* longestPlanarDiameters(
  mask: Mask,
  geometry: VolumeGeometry,
): Generator<undefined, PlanarDiameters | undefined> {
  const plane = planeOf(geometry);
  let best: { k: number; hull: readonly PlanePoint[]; pair: readonly [PlanePoint, PlanePoint] } | undefined;
  for (let slice = 0; slice < boxSize(mask.box)[2]; slice++) {
    if (slice % slicesATurn(mask) === 0) yield;
    const corners = outerCorners(mask, slice);
    if (corners.length === 0) continue;
    const k = mask.box.minIjk[2] + slice;
    const hull = convexHull(corners.map(plane.toMm));
    const pair = farthestPair(hull);
    if (!best || planeDistance(...pair) > planeDistance(...best.pair)) best = { k, hull, pair };
  }
  if (!best) return undefined;
  const originLps = pointLpsOf(geometry, [0, 0, best.k]);
  const diameter = ([from, to]: readonly [PlanePoint, PlanePoint]): Diameter => ({
    lengthMm: planeDistance(from, to),
    endsLps: [add(originLps, plane.toLps(from)), add(originLps, plane.toLps(to))],
  });
  return {
    sliceIndex: best.k,
    longest: diameter(best.pair),
    perpendicular: diameter(longestPerpendicularChord(best.hull, best.pair)),
  };
}

interface SlicePlane {
  /** From (i, j) to millimetres along two perpendicular axes of the slice. */
  readonly toMm: (indexIj: PlanePoint) => PlanePoint;
  /** From there to the step in LPS. */
  readonly toLps: (pointMm: PlanePoint) => Vector3;
}

/** Rows and columns of a slice may be out of square by what the orientation's digits leave open. */
function planeOf({ ijkToLps }: VolumeGeometry): SlicePlane {
  const [stepI, stepJ] = [affineColumn(ijkToLps, 0), affineColumn(ijkToLps, 1)];
  const alongI = scale(stepI, 1 / norm(stepI));
  const jAlongI = dot(stepJ, alongI);
  const rest = subtract(stepJ, scale(alongI, jAlongI));
  const acrossI = scale(rest, 1 / norm(rest));
  return {
    toMm: ([i, j]) => [i * norm(stepI) + j * jAlongI, j * norm(rest)],
    toLps: ([x, y]) => add(scale(alongI, x), scale(acrossI, y)),
  };
}

/** Corners (i, j) of the first and the last voxel of each row of a slice of the box: the hull needs no others. */
function outerCorners(mask: Mask, slice: number): readonly PlanePoint[] {
  const [columns, rows] = boxSize(mask.box);
  const { minIjk } = mask.box;
  const voxels = voxelsOfSlice(mask, slice);
  const corners: PlanePoint[] = [];
  for (let row = 0; row < rows; row++) {
    const ofRow = voxels.subarray(row * columns, (row + 1) * columns);
    const first = ofRow.indexOf(1);
    if (first < 0) continue;
    const low = minIjk[0] + first - 0.5;
    const high = minIjk[0] + ofRow.lastIndexOf(1) + 0.5;
    for (const j of [minIjk[1] + row - 0.5, minIjk[1] + row + 0.5]) corners.push([low, j], [high, j]);
  }
  return corners;
}
