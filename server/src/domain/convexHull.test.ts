import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  convexHull,
  farthestPair,
  longestPerpendicularChord,
  planeDistance,
  type PlanePoint,
} from './convexHull.ts';

const lattice = fc.array(fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -9, max: 9 })), {
  minLength: 1,
  maxLength: 60,
});

const squeezed = (points: readonly PlanePoint[]): PlanePoint[] => points.map(([x, y]) => [0.31 * x, 1.7 * y]);

function isLeftOf(a: PlanePoint, b: PlanePoint, c: PlanePoint): boolean {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) >= -1e-9;
}

describe('the convex hull', () => {
  test('has every point to the left of each of its edges, and corners that are points', () => {
    fc.assert(
      fc.property(lattice, points => {
        const hull = convexHull(points);
        const given = new Set(points.map(String));
        expect(hull.every(corner => given.has(String(corner)))).toBe(true);
        hull.forEach((corner, index) => {
          const next = hull[(index + 1) % hull.length] ?? corner;
          expect(points.every(point => isLeftOf(corner, next, point))).toBe(true);
        });
      }),
    );
  });

  test('leaves out what lies on a straight edge', () => {
    const square: PlanePoint[] = [
      ...([0, 1, 2] as const).flatMap(x => ([0, 1, 2] as const).map((y): PlanePoint => [x, y])),
    ];
    expect(convexHull(square)).toEqual([
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ]);
    expect(convexHull([[3, 4]])).toEqual([[3, 4]]);
  });
});

test('calipers find the pair that comparing all pairs finds', () => {
  fc.assert(
    fc.property(lattice, points => {
      const placed = squeezed(points);
      const all = Math.max(...placed.flatMap(a => placed.map(b => planeDistance(a, b))));
      expect(planeDistance(...farthestPair(convexHull(placed)))).toBeCloseTo(all, 12);
    }),
    { numRuns: 500 },
  );
});

test('the perpendicular chord of a rhombus is its other diagonal, of a rectangle less than the diagonal', () => {
  const rhombus = convexHull([
    [-5, 0],
    [0, -2],
    [5, 0],
    [0, 2],
  ]);
  const chord = longestPerpendicularChord(rhombus, farthestPair(rhombus));
  expect(planeDistance(...chord)).toBeCloseTo(4, 12);
  // A strip of 6 × 2: across its diagonal, from one long side to the other at a slope of 3.
  const strip = convexHull([
    [0, 0],
    [6, 0],
    [6, 2],
    [0, 2],
  ]);
  const across = longestPerpendicularChord(strip, farthestPair(strip));
  expect(planeDistance(...across)).toBeCloseTo(2 * Math.hypot(1, 1 / 3), 12);
});
