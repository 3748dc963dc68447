import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { obliqueAffines } from '../../../test/fixtures/obliqueAffines.ts';
import {
  affineColumn,
  affineFromColumns,
  applyAffine,
  composeAffine,
  invertAffine,
  norm,
  subtract,
  type Vector3,
} from './affine.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const vector = fc.tuple(coordinate, coordinate, coordinate);
const affine = fc
  .tuple(vector, vector, vector, vector)
  .map(([x, y, z, origin]) => affineFromColumns(x, y, z, origin));

function distance(a: Vector3, b: Vector3): number {
  return norm(subtract(a, b));
}

describe('affine', () => {
  test('columns come back as they were put in', () => {
    const a = affineFromColumns([1, 2, 3], [4, 5, 6], [7, 8, 10], [11, 12, 13]);
    expect(affineColumn(a, 0)).toEqual([1, 2, 3]);
    expect(affineColumn(a, 1)).toEqual([4, 5, 6]);
    expect(affineColumn(a, 2)).toEqual([7, 8, 10]);
    expect(affineColumn(a, 3)).toEqual([11, 12, 13]);
    expect(applyAffine(a, [1, 0, 0])).toEqual([12, 14, 16]);
    expect(a.slice(12)).toEqual([0, 0, 0, 1]);
  });

  test('the inverse leads every point back', () => {
    fc.assert(
      fc.property(obliqueAffines, vector, (a, p) => {
        expect(distance(applyAffine(invertAffine(a), applyAffine(a, p)), p)).toBeLessThan(1e-8);
      }),
    );
  });

  test('composition applies the first map first', () => {
    fc.assert(
      fc.property(affine, affine, vector, (second, first, p) => {
        const expected = applyAffine(second, applyAffine(first, p));
        expect(distance(applyAffine(composeAffine(second, first), p), expected)).toBeLessThanOrEqual(
          1e-9 * (1 + norm(expected)) * 1e3,
        );
      }),
    );
  });

  test('a singular map has no inverse', () => {
    expect(() => invertAffine(affineFromColumns([1, 0, 0], [2, 0, 0], [0, 0, 1], [0, 0, 0]))).toThrow(
      RangeError,
    );
  });
});
