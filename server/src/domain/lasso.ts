import { cross, dot, norm, scale, subtract, type Vector3 } from './affine.ts';
import { MOST_STROKE_POINTS } from './stroke.ts';

/** Candidates across the outline: fine enough that a narrow one holds some. */
const GRID = 24;
/** Hands are not exact: what lies nearer to the outline, as a share of the greatest depth, says nothing. */
const LEAST_DEPTH = 0.25;

type Point2 = readonly [number, number];

/**
 * Points that an outline surrounds, spread evenly, the deepest first. Empty where it surrounds nothing.
 * @param pointsLps the outline, in or near one plane; the last point is joined to the first
 */
export function surroundedPoints(
  pointsLps: readonly Vector3[],
  most: number = MOST_STROKE_POINTS,
): readonly Vector3[] {
  const [origin] = pointsLps;
  const normal = lassoNormal(pointsLps);
  if (!origin || !normal) return [];
  const [across, down] = axesOf(normal);
  const outline = pointsLps.map((point): Point2 => {
    const offset = subtract(point, origin);
    return [dot(offset, across), dot(offset, down)];
  });
  const edges = edgesOf(outline);
  const candidates = gridWithin(outline)
    .filter(point => isSurrounded(edges, point))
    .map(point => ({ point, depthMm: depthMmOf(edges, point) }))
    .sort((one, other) => other.depthMm - one.depthMm);
  const deepest = candidates[0]?.depthMm ?? 0;
  const deep = candidates.filter(({ depthMm }) => depthMm >= LEAST_DEPTH * deepest);
  const step = Math.max(1, deep.length / most);
  return deep
    .filter((_, n) => Math.floor(n / step) !== Math.floor((n - 1) / step))
    .map(({ point: [a, b] }): Vector3 => {
      const at = (axis: 0 | 1 | 2): number => origin[axis] + a * across[axis] + b * down[axis];
      return [at(0), at(1), at(2)];
    });
}

/** Newell's: of the plane that fits the outline; undefined where it has no area. */
export function lassoNormal(pointsLps: readonly Vector3[]): Vector3 | undefined {
  let sum: Vector3 = [0, 0, 0];
  const [origin] = pointsLps;
  if (!origin) return undefined;
  for (const [n, point] of pointsLps.entries()) {
    const next = pointsLps[(n + 1) % pointsLps.length] ?? origin;
    const [x, y, z] = cross(subtract(point, origin), subtract(next, origin));
    sum = [sum[0] + x, sum[1] + y, sum[2] + z];
  }
  const length = norm(sum);
  return length > 0 ? scale(sum, 1 / length) : undefined;
}

/** Two unit vectors in the plane of a normal. */
function axesOf(normal: Vector3): readonly [Vector3, Vector3] {
  const helper: Vector3 = Math.abs(normal[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const along = cross(normal, helper);
  const across = scale(along, 1 / norm(along));
  return [across, cross(normal, across)];
}

function gridWithin(outline: readonly Point2[]): readonly Point2[] {
  const spread = (axis: 0 | 1): readonly number[] => {
    const places = outline.map(point => point[axis]);
    const low = Math.min(...places);
    const side = Math.max(...places) - low;
    return Array.from({ length: GRID }, (_, n) => low + (side * (n + 0.5)) / GRID);
  };
  const rows = spread(1);
  return spread(0).flatMap(a => rows.map((b): Point2 => [a, b]));
}

/** From where to where each edge runs, one after the other: as many points as can be sent are read in milliseconds. */
type Edges = Float64Array;
const NUMBERS_PER_EDGE = 4;
/** Far above that of doubles. */
const SQUARE_ROUNDING = 1e-12;

function edgesOf(outline: readonly Point2[]): Edges {
  return Float64Array.from(
    outline.flatMap((point, n) => [...point, ...(outline[(n + 1) % outline.length] ?? point)]),
  );
}

/** By the winding number: a hand may go round twice. */
function isSurrounded(edges: Edges, [a, b]: Point2): boolean {
  let turns = 0;
  for (let at = 0; at < edges.length; at += NUMBERS_PER_EDGE) {
    const [b1, b2] = [edges[at + 1]!, edges[at + 3]!];
    if (b1 > b === b2 > b) continue;
    const a1 = edges[at]!;
    if (a < a1 + ((b - b1) / (b2 - b1)) * (edges[at + 2]! - a1)) turns += b1 > b ? 1 : -1;
  }
  return turns !== 0;
}

function depthMmOf(edges: Edges, [a, b]: Point2): number {
  let nearest = Infinity;
  for (let at = 0; at < edges.length; at += NUMBERS_PER_EDGE) {
    const [a1, b1] = [edges[at]!, edges[at + 1]!];
    const [da, db] = [edges[at + 2]! - a1, edges[at + 3]! - b1];
    const squared = da * da + db * db;
    const share = squared > 0 ? Math.min(1, Math.max(0, ((a - a1) * da + (b - b1) * db) / squared)) : 0;
    const [across, down] = [a - a1 - share * da, b - b1 - share * db];
    // `hypot` is slow, and exact: it is asked where it may matter.
    if (across * across + down * down > nearest * nearest * (1 + SQUARE_ROUNDING)) continue;
    nearest = Math.min(nearest, Math.hypot(across, down));
  }
  return nearest;
}
