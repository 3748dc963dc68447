/** A position in a plane. */
export type PlanePoint = readonly [x: number, y: number];

/** Twice the area of the triangle a b c, positive when it turns to the left. */
function turn(a: PlanePoint, b: PlanePoint, c: PlanePoint): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** Corners of the convex hull, turning to the left, without those on a straight line (Andrew's monotone chain). */
export function convexHull(points: readonly PlanePoint[]): readonly PlanePoint[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const lower = halfHull(sorted);
  const upper = halfHull(sorted.reverse());
  const hull = [...lower.slice(0, -1), ...upper.slice(0, -1)];
  return hull.length > 0 ? hull : points.slice(0, 1);
}

function halfHull(sorted: readonly PlanePoint[]): readonly PlanePoint[] {
  const chain: PlanePoint[] = [];
  for (const point of sorted) {
    while (chain.length >= 2 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
    chain.push(point);
  }
  return chain;
}

/**
 * The two corners that lie farthest apart, by calipers that turn round the hull once: as the edge turns, the corner
 * farthest from it only moves on.
 * @param hull as `convexHull` gives it, not empty
 */
export function farthestPair(hull: readonly PlanePoint[]): readonly [PlanePoint, PlanePoint] {
  const corner = (index: number): PlanePoint => hull[index % hull.length]!;
  let pair: readonly [PlanePoint, PlanePoint] = [corner(0), corner(0)];
  const offer = (a: PlanePoint, b: PlanePoint): void => {
    if (planeDistance(a, b) > planeDistance(...pair)) pair = [a, b];
  };
  let opposite = 1;
  for (let index = 0; index < hull.length; index++) {
    const [from, to] = [corner(index), corner(index + 1)];
    offer(from, to);
    while (turn(from, to, corner(opposite + 1)) > turn(from, to, corner(opposite))) {
      opposite++;
      offer(from, corner(opposite));
    }
    offer(from, corner(opposite));
    offer(to, corner(opposite));
    // Parallel edges face each other: both ends of the far one are opposite.
    offer(from, corner(opposite + 1));
    offer(to, corner(opposite + 1));
  }
  return pair;
}

export function planeDistance(a: PlanePoint, b: PlanePoint): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/**
 * The longest chord of a convex polygon at a right angle to `from`–`to`. As a function of the place along that line
 * the chord's length is concave and bends at the corners only, so that it is longest at one of them.
 * @param hull as `convexHull` gives it
 */
export function longestPerpendicularChord(
  hull: readonly PlanePoint[],
  [from, to]: readonly [PlanePoint, PlanePoint],
): readonly [PlanePoint, PlanePoint] {
  const length = planeDistance(from, to);
  const direction: PlanePoint = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const along = hull.map(point => point[0] * direction[0] + point[1] * direction[1]);
  const across = hull.map(point => point[1] * direction[0] - point[0] * direction[1]);
  let best = { along: along[0]!, low: across[0]!, high: across[0]! };
  for (const at of along) {
    const crossings = hull.flatMap((_, index) => {
      const next = (index + 1) % hull.length;
      return crossingsOf([along[index]!, across[index]!], [along[next]!, across[next]!], at);
    });
    const [low, high] = [Math.min(...crossings), Math.max(...crossings)];
    if (high - low > best.high - best.low) best = { along: at, low, high };
  }
  const point = (acrossAt: number): PlanePoint => [
    best.along * direction[0] - acrossAt * direction[1],
    best.along * direction[1] + acrossAt * direction[0],
  ];
  return [point(best.low), point(best.high)];
}

/** Where the edge between two points (along, across) meets the line `along` = `at`. */
function crossingsOf(a: PlanePoint, b: PlanePoint, at: number): readonly number[] {
  if (a[0] === b[0]) return a[0] === at ? [a[1], b[1]] : [];
  if (Math.min(a[0], b[0]) > at || Math.max(a[0], b[0]) < at) return [];
  return [a[1] + ((b[1] - a[1]) * (at - a[0])) / (b[0] - a[0])];
}
