import { add, affineColumn, dot, norm, scale, subtract, type Vector3 } from './affine.ts';
import {
  convexHull,
  farthestPair,
  longestPerpendicularChord,
  planeDistance,
  type PlanePoint,
} from './convexHull.ts';
import type { Mask } from './mask.ts';
import { runsOf } from './runs.ts';
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
 * and a structure one voxel wide is one voxel wide, not nothing. Undefined for an empty mask.
 */
export function longestPlanarDiameters(mask: Mask, geometry: VolumeGeometry): PlanarDiameters | undefined {
  const plane = planeOf(geometry);
  let best: { k: number; hull: readonly PlanePoint[]; pair: readonly [PlanePoint, PlanePoint] } | undefined;
  for (const { k, corners } of outerCornersBySlice(mask)) {
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

/** Per non-empty slice the corners (i, j) of the first and the last voxel of each row: the hull needs no others. */
function outerCornersBySlice(mask: Mask): readonly { readonly k: number; readonly corners: PlanePoint[] }[] {
  const { start, end, firstOfRow, rows, slices } = runsOf(mask);
  const { minIjk } = mask.box;
  return Array.from({ length: slices }, (_, slice) => {
    const corners: PlanePoint[] = [];
    for (let row = 0; row < rows; row++) {
      const first = firstOfRow[slice * rows + row]!;
      const beyond = firstOfRow[slice * rows + row + 1]!;
      if (first === beyond) continue;
      const low = minIjk[0] + start[first]! - 0.5;
      const high = minIjk[0] + end[beyond - 1]! - 0.5;
      for (const j of [minIjk[1] + row - 0.5, minIjk[1] + row + 0.5]) corners.push([low, j], [high, j]);
    }
    return { k: minIjk[2] + slice, corners };
  }).filter(({ corners }) => corners.length > 0);
}
