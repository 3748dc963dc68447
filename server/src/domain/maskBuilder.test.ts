import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { denseVoxels } from './fixtures/arbitraries.ts';
import { cropMask } from './mask.ts';
import { MaskBuilder } from './maskBuilder.ts';

const SHAPE = [70, 5, 4] as const;

test('runs in any order become the voxels that they cover, in the smallest box; those that leave the volume do not', () => {
  const run = fc.tuple(
    fc.integer({ min: -2, max: 71 }),
    fc.integer({ min: -1, max: 5 }),
    fc.integer({ min: -1, max: 4 }),
    fc.integer({ min: 0, max: 72 }),
  );
  fc.assert(
    fc.property(fc.array(run, { maxLength: 200 }), runs => {
      const builder = new MaskBuilder(SHAPE);
      const expected = new Array<number>(SHAPE[0] * SHAPE[1] * SHAPE[2]).fill(0);
      for (const [i, j, k, length] of runs) {
        const isInside = i >= 0 && i + length <= 70 && j >= 0 && j < 5 && k >= 0 && k < 4;
        expect(builder.addRun(i, j, k, length)).toBe(isInside);
        const start = (k * SHAPE[1] + j) * SHAPE[0] + i;
        if (isInside) expected.fill(1, start, start + length);
      }
      const mask = builder.toMask();
      expect(denseVoxels(mask)).toEqual(expected);
      expect(mask).toEqual(cropMask(mask));
    }),
  );
});
