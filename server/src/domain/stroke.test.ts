import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { norm, subtract, type Vector3 } from './affine.ts';
import { evenStroke, MOST_STROKE_POINTS } from './stroke.ts';

const anyMm = fc.integer({ min: -100, max: 100 });
const anyPoint: fc.Arbitrary<Vector3> = fc.tuple(anyMm, anyMm, anyMm);

describe('a stroke', () => {
  test('becomes few points evenly along it, its ends among them', () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { minLength: 2, maxLength: 60 }), drawn => {
        const even = evenStroke(drawn);
        expect(even.length).toBeLessThanOrEqual(MOST_STROKE_POINTS);
        expect(even[0]).toEqual(drawn[0]);
        if (even.length < 2) return;
        expect(norm(subtract(even.at(-1)!, drawn.at(-1)!))).toBeLessThan(1e-6);
        const length = drawn.reduce(
          (sum, point, n) => sum + norm(subtract(point, drawn[Math.max(0, n - 1)]!)),
          0,
        );
        const step = length / (even.length - 1);
        for (const [n, point] of even.entries()) {
          // As the crow flies it is never farther than along the stroke.
          if (n > 0) expect(norm(subtract(point, even[n - 1]!))).toBeLessThan(step + 1e-6);
        }
      }),
    );
  });

  test('is the same however slowly it was drawn', () => {
    const quick = evenStroke([
      [0, 0, 0],
      [40, 0, 0],
    ]);
    const slow = evenStroke(Array.from({ length: 401 }, (_, n): Vector3 => [n / 10, 0, 0]));
    expect(quick).toHaveLength(21);
    for (const [n, point] of quick.entries()) expect(norm(subtract(point, slow[n]!))).toBeLessThan(1e-9);
  });

  test('that is too short to have a length is one point', () => {
    expect(
      evenStroke([
        [1, 2, 3],
        [1, 2, 4],
      ]),
    ).toEqual([[1, 2, 3]]);
  });
});
