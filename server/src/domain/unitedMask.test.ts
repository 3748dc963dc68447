import { describe, expect, test } from '@jest/globals';
import { countVoxels, emptyMask, voxelAt, type Mask } from './mask.ts';
import { MaskBuilder } from './maskBuilder.ts';
import { uniteMasks } from './unitedMask.ts';

const SHAPE = [5, 4, 3] as const;

function maskOf(...runs: readonly [i: number, j: number, k: number, length: number][]): Mask {
  const builder = new MaskBuilder(SHAPE);
  for (const run of runs) builder.addRun(...run);
  return builder.toMask();
}

describe('the union of two masks', () => {
  test('is inside where either is, wherever their boxes lie, and nowhere else', () => {
    const one = maskOf([0, 0, 0, 2], [1, 1, 0, 3]);
    const other = maskOf([3, 1, 0, 2], [4, 3, 2, 1]);
    for (const united of [uniteMasks(one, other), uniteMasks(other, one)]) {
      for (let k = 0; k < 3; k++)
        for (let j = 0; j < 4; j++)
          for (let i = 0; i < 5; i++)
            expect(voxelAt(united, i, j, k)).toBe(voxelAt(one, i, j, k) | voxelAt(other, i, j, k));
      expect(countVoxels(united)).toBe(7);
    }
  });

  test('with an empty mask is the other', () => {
    const one = maskOf([2, 2, 2, 2]);
    expect(uniteMasks(emptyMask(SHAPE), one)).toEqual(one);
    expect(uniteMasks(one, emptyMask(SHAPE))).toEqual(one);
  });
});
