import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMask, denseVoxels } from './fixtures/arbitraries.ts';
import { atOnce } from './atOnce.ts';
import { masksOverlap, overlappingPairs } from './masksOverlap.ts';

describe('masks', () => {
  test('overlap where a voxel is in two of them, and only there', () => {
    fc.assert(
      fc.property(fc.array(anyMask, { minLength: 1, maxLength: 4 }), masks => {
        const dense = masks.map(denseVoxels);
        const most = (dense[0] ?? []).reduce(
          (highest, _, n) => Math.max(highest, dense.filter(voxels => voxels[n]).length),
          0,
        );
        expect(masksOverlap(masks)).toBe(most > 1);
      }),
    );
  });

  test('are found pair by pair', () => {
    fc.assert(
      fc.property(fc.array(anyMask, { minLength: 1, maxLength: 4 }), masks => {
        const found = atOnce(overlappingPairs(masks));
        const dense = masks.map(denseVoxels);
        const expected = masks.flatMap((_, n) =>
          masks.flatMap((__, m) =>
            n < m && dense[n]!.some((voxel, at) => voxel && dense[m]![at]) ? [[n, m]] : [],
          ),
        );
        expect(found).toEqual(expected);
      }),
    );
  });
});
