import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atOnce } from './atOnce.ts';
import { changedSlices } from './changedSlices.ts';
import type { Mask } from './mask.ts';

const SHAPE = [4, 4, 6] as const;

/** The same voxels, which begin within a word. */
function unaligned(voxels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(voxels.length + 1);
  bytes.set(voxels, 1);
  return bytes.subarray(1);
}

/** A box of ones. */
function block(minIjk: Mask['box']['minIjk'], maxIjk: Mask['box']['maxIjk']): Mask {
  const voxels = (maxIjk[0] - minIjk[0]) * (maxIjk[1] - minIjk[1]) * (maxIjk[2] - minIjk[2]);
  return { shapeIjk: SHAPE, box: { minIjk, maxIjk }, voxels: new Uint8Array(voxels).fill(1) };
}

describe('changedSlices', () => {
  test('names the slices of a mask that came or went', () => {
    const mask = block([0, 0, 2], [1, 1, 4]);
    expect(atOnce(changedSlices(undefined, mask))).toEqual([2, 3]);
    expect(atOnce(changedSlices(mask, undefined))).toEqual([2, 3]);
    expect(atOnce(changedSlices(undefined, undefined))).toEqual([]);
  });

  test('names only the slices where voxels differ, however the boxes lie', () => {
    const small = block([1, 1, 1], [3, 3, 5]);
    const same: Mask = {
      ...{ shapeIjk: SHAPE, box: { minIjk: [0, 0, 0], maxIjk: SHAPE } },
      voxels: Uint8Array.from({ length: 96 }, (_, n) => {
        const [i, j, k] = [n % 4, Math.floor(n / 4) % 4, Math.floor(n / 16)];
        return i >= 1 && i < 3 && j >= 1 && j < 3 && k >= 1 && k < 5 ? 1 : 0;
      }),
    };
    expect(atOnce(changedSlices(small, same))).toEqual([]);
    same.voxels[3 * 16] = 1;
    expect(atOnce(changedSlices(small, same))).toEqual([3]);
  });

  test('agrees with comparing every voxel of full grids', () => {
    const grid = fc.uint8Array({ min: 0, max: 1, minLength: 96, maxLength: 96 });
    fc.assert(
      fc.property(grid, grid, (a, b) => {
        const full = (voxels: Uint8Array): Mask => ({
          ...{ shapeIjk: SHAPE, box: { minIjk: [0, 0, 0], maxIjk: SHAPE }, voxels },
        });
        const expected = [0, 1, 2, 3, 4, 5].filter(k =>
          a.subarray(k * 16, k * 16 + 16).some((voxel, n) => voxel !== b[k * 16 + n]),
        );
        expect(atOnce(changedSlices(full(a), full(b)))).toEqual(expected);
        expect(atOnce(changedSlices(full(unaligned(a)), full(b)))).toEqual(expected);
      }),
    );
  });
});
