import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, applyAffine, dot, norm, scale, subtract, type Vector3 } from './affine.ts';
import { obliqueAffine } from './fixtures/syntheticVolume.ts';
import { surroundedPoints } from './lasso.ts';
import { MOST_STROKE_POINTS } from './stroke.ts';

function circle(centre: Vector3, u: Vector3, v: Vector3, radiusMm: number): Vector3[] {
  return Array.from({ length: 40 }, (_, n) => {
    const angle = (2 * Math.PI * n) / 40;
    return add(centre, add(scale(u, radiusMm * Math.cos(angle)), scale(v, radiusMm * Math.sin(angle))));
  });
}

describe('a lasso', () => {
  test('surrounds points well inside it and in its plane, the deepest first, in every orientation', () => {
    const angle = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(angle, angle, angle), fc.boolean(), (angles, isReversed) => {
        const turn = obliqueAffine(angles, [1, 1, 1], [0, 0, 0]);
        const [u, v, normal] = (
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ] as const
        ).map(axis => applyAffine(turn, axis));
        const centre: Vector3 = [30, -20, 100];
        const outline = circle(centre, u!, v!, 10);
        const points = surroundedPoints(isReversed ? outline.reverse() : outline);
        expect(points.length).toBeGreaterThan(MOST_STROKE_POINTS / 2);
        expect(points.length).toBeLessThanOrEqual(MOST_STROKE_POINTS);
        for (const point of points) {
          expect(norm(subtract(point, centre))).toBeLessThan(8);
          expect(Math.abs(dot(subtract(point, centre), normal!))).toBeLessThan(1e-6);
        }
        expect(norm(subtract(points[0]!, centre))).toBeLessThan(1);
      }),
    );
  });

  test('that is bent surrounds nothing of its bay', () => {
    const horseshoe: Vector3[] = [
      ...(
        [
          [0, 0],
          [30, 0],
          [30, 30],
          [20, 30],
          [20, 10],
          [10, 10],
          [10, 30],
          [0, 30],
        ] as const
      ).map(([x, y]): Vector3 => [x, y, 5]),
    ];
    const points = surroundedPoints(horseshoe);
    expect(points.length).toBeGreaterThan(0);
    expect(points.filter(([x, y]) => x > 10 && x < 20 && y > 10)).toEqual([]);
  });

  test('that goes round twice surrounds what is in its middle', () => {
    const [u, v]: [Vector3, Vector3] = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    const points = surroundedPoints([...circle([0, 0, 5], u, v, 10), ...circle([0, 0, 5], u, v, 8)]);
    expect(norm(subtract(points[0]!, [0, 0, 5]))).toBeLessThan(1);
    expect(points.filter(point => norm(subtract(point, [0, 0, 5])) > 8)).toEqual([]);
  });

  test('that crosses itself surrounds both its loops', () => {
    const eight = (
      [
        [0, 0],
        [20, 10],
        [20, 0],
        [0, 12],
      ] as const
    ).map(([x, y]): Vector3 => [x, y, 5]);
    const points = surroundedPoints(eight);
    expect([points.some(([x]) => x < 8), points.some(([x]) => x > 14)]).toEqual([true, true]);
  });

  test('without an area surrounds nothing', () => {
    expect(
      surroundedPoints([
        [0, 0, 0],
        [10, 0, 0],
        [20, 0, 0],
      ]),
    ).toEqual([]);
  });
});
