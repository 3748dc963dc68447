import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMask } from './fixtures/arbitraries.ts';
import { emptyMask } from './mask.ts';
import { decodeRunLengths, encodeRunLengths } from './runLength.ts';

describe('run-length mask', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyMask, mask => {
        const { shapeIjk, box, voxels } = decodeRunLengths(encodeRunLengths(mask));
        expect(shapeIjk).toEqual(mask.shapeIjk);
        expect(box).toEqual(mask.box);
        expect([...voxels]).toEqual([...mask.voxels]);
      }),
    );
    expect(decodeRunLengths(encodeRunLengths(emptyMask([512, 512, 2000])))).toEqual(
      emptyMask([512, 512, 2000]),
    );
  });

  test('takes few bytes for a solid object', () => {
    const side = 40;
    const maxIjk = [side, side, side] as const;
    const solid = {
      shapeIjk: maxIjk,
      box: { minIjk: [0, 0, 0] as const, maxIjk },
      voxels: new Uint8Array(side ** 3).fill(1),
    };
    const bytes = encodeRunLengths(solid);
    expect(bytes.length).toBeLessThan(32);
    expect(decodeRunLengths(bytes).voxels).toEqual(solid.voxels);
  });

  test.each([
    ['ends in its header', [1, 2, 3]],
    ['ends within a number', [4, 4, 4, 0, 0, 0, 1, 1, 0x81]],
    ['runs do not fill', [4, 4, 4, 0, 0, 0, 2, 2, 2, 7]],
    ['leaves its volume', [4, 4, 4, 3, 0, 0, 2, 1, 1, 0, 2]],
  ])('bytes that are none are refused: %s', (reason, bytes) => {
    expect(() => decodeRunLengths(Uint8Array.from(bytes))).toThrow(reason);
  });
});
