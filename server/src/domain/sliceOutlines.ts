import type { PlanePoint } from './convexHull.ts';
import { boxSize, type IndexBox } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** Steps along edges of voxels, in the order in which one turns round a voxel. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** From a corner to the voxel ahead of each of these steps, on the right of the way. */
const AROUND_CORNER = [
  [0, 0],
  [-1, 0],
  [-1, -1],
  [0, -1],
] as const;

/** Whether voxel (i, j) of the slice is in the mask. */
type Inside = (i: number, j: number) => boolean;

/** A corner of a voxel on a closed line: corner (x, y) is the low corner of voxel i = x, j = y. */
interface Corner {
  readonly x: number;
  readonly y: number;
  next: Corner;
  previous: Corner;
}

/**
 * What a mask covers in slice k, as closed polygons along the edges of its voxels, in (i, j): the centre of a voxel
 * lies inside exactly when the voxel is in the mask, half a voxel from every line, and the area is that of the
 * voxels. One polygon for each piece connected by edges; voxels that touch at a corner only are two pieces. Holes are
 * joined to their piece by a line there and back ("keyhole", PS3.3 C.8.8.6.3), since few readers subtract inner
 * contours. That line runs along edges too, so that it passes through no voxel.
 */
export function sliceOutlines(mask: Mask, k: number): readonly (readonly PlanePoint[])[] {
  if (k < mask.box.minIjk[2] || k >= mask.box.maxIjk[2]) return [];
  const { outer, holes, cornerAt } = closedLines(mask.box, insideOf(mask, k));
  for (const hole of holes) joinToTheLeft(hole, cornerAt);
  return outer.map(turningPoints);
}

function insideOf({ box, voxels }: Mask, k: number): Inside {
  const { minIjk, maxIjk } = box;
  const [columns, rows] = boxSize(box);
  const slice = voxels.subarray((k - minIjk[2]) * rows * columns);
  return (i, j) =>
    i >= minIjk[0] &&
    i < maxIjk[0] &&
    j >= minIjk[1] &&
    j < maxIjk[1] &&
    slice[(j - minIjk[1]) * columns + (i - minIjk[0])] === 1;
}

interface ClosedLines {
  /** A corner of each; the mask lies on the right of the way, with j downwards. */
  readonly outer: readonly Corner[];
  /** Of each the leftmost corner, the uppermost of those. */
  readonly holes: readonly Corner[];
  /** Any of the corners there. */
  readonly cornerAt: (x: number, y: number) => Corner | undefined;
}

function closedLines(box: IndexBox, inside: Inside): ClosedLines {
  const corners = new Map<number, Corner>();
  const columns = box.maxIjk[0] + 1;
  const keyOf = (x: number, y: number): number => y * columns + x;
  // A line is followed from the top edge of a voxel; these have been passed already.
  const passed = new Set<number>();
  const outer: Corner[] = [];
  const holes: Corner[] = [];
  for (let j = box.minIjk[1]; j < box.maxIjk[1]; j++) {
    for (let i = box.minIjk[0]; i < box.maxIjk[0]; i++) {
      if (!inside(i, j) || inside(i, j - 1) || passed.has(keyOf(i, j))) continue;
      const line = followLine(i, j, inside, (x, y) => passed.add(keyOf(x, y)));
      for (const corner of line) corners.set(keyOf(corner.x, corner.y), corner);
      if (signedArea(line) > 0) outer.push(line[0]!);
      else holes.push(line.reduce((a, b) => (b.x < a.x || (b.x === a.x && b.y < a.y) ? b : a)));
    }
  }
  return { outer, holes, cornerAt: (x, y) => corners.get(keyOf(x, y)) };
}

/** From the top edge of voxel (i, j) round the mask and back, corner by corner. */
function followLine(
  i: number,
  j: number,
  inside: Inside,
  passTopEdge: (x: number, y: number) => void,
): readonly Corner[] {
  const line: Corner[] = [];
  let [x, y, direction] = [i, j, 0];
  do {
    if (direction === 0) passTopEdge(x, y);
    append(line, x, y);
    const [stepX, stepY] = STEPS[direction]!;
    x += stepX;
    y += stepY;
    direction = nextDirection(x, y, direction, inside);
  } while (x !== i || y !== j || direction !== 0);
  return line;
}

/** Round the same voxel where that is possible: voxels that touch at a corner stay apart. */
function nextDirection(x: number, y: number, direction: number, inside: Inside): number {
  const isInside = ([i, j]: readonly [number, number]): boolean => inside(x + i, y + j);
  const aheadOnTheRight = isInside(AROUND_CORNER[direction]!);
  const aheadOnTheLeft = isInside(AROUND_CORNER[(direction + 3) % 4]!);
  if (!aheadOnTheRight) return (direction + 1) % 4;
  return aheadOnTheLeft ? (direction + 3) % 4 : direction;
}

function append(line: Corner[], x: number, y: number): void {
  const corner = { x, y } as Corner;
  line.push(corner);
  const [first, before] = [line[0]!, line.at(-2) ?? corner];
  Object.assign(corner, { previous: before, next: first });
  before.next = corner;
  first.previous = corner;
}

/** Positive where x turns towards y. */
function signedArea(line: readonly Corner[]): number {
  return line.reduce((sum, { x, y, next }) => sum + x * next.y - next.x * y, 0) / 2;
}

/**
 * Along the edges to the left, to the line that is met first. Until there every voxel is in the mask: what is not
 * would have a line round it, and it is no corner where two voxels touch, of which there would be two.
 */
function joinToTheLeft(hole: Corner, cornerAt: ClosedLines['cornerAt']): void {
  let x = hole.x - 1;
  while (!cornerAt(x, hole.y)) x--;
  const target = cornerAt(x, hole.y)!;
  const holeAgain = { ...hole };
  const targetAgain = { ...target };
  link(hole.previous, holeAgain);
  link(holeAgain, targetAgain);
  link(targetAgain, target.next);
  link(target, hole);
}

function link(from: Corner, to: Corner): void {
  from.next = to;
  to.previous = from;
}

/** The corners at which a line changes its direction, in (i, j). */
function turningPoints(start: Corner): readonly PlanePoint[] {
  const points: PlanePoint[] = [];
  let corner = start;
  do {
    const { x, y, previous, next } = corner;
    const straight =
      Math.sign(x - previous.x) === Math.sign(next.x - x) &&
      Math.sign(y - previous.y) === Math.sign(next.y - y);
    if (!straight) points.push([x - 0.5, y - 0.5]);
    corner = next;
  } while (corner !== start);
  return points;
}
