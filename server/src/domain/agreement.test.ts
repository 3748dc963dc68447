import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { agreementOf, meanDiceOf } from './agreement.ts';
import { diceOfMasks } from './diceOfMasks.ts';
import { anyMask, denseVoxels } from './fixtures/arbitraries.ts';
import { emptyMask, type Mask } from './mask.ts';
import { MaskBuilder } from './maskBuilder.ts';

const SHAPE = [9, 8, 7] as const;
const NOTHING = emptyMask(SHAPE);

function bar(start: number, length: number): Mask {
  const builder = new MaskBuilder(SHAPE);
  builder.addRun(start, 1, 1, length);
  return builder.toMask();
}

describe('Dice of two masks', () => {
  test('is what all voxels of the grid say, whatever boxes hold them', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (one, other) => {
        const [a, b] = [denseVoxels(one), denseVoxels(other)];
        const sum = (voxels: readonly number[]): number => voxels.reduce((total, each) => total + each, 0);
        const total = sum(a) + sum(b);
        const shared = sum(a.map((voxel, n) => voxel * b[n]!));
        expect(diceOfMasks(one, other)).toBe(total === 0 ? undefined : (2 * shared) / total);
      }),
    );
  });
});

describe('the agreement of answers', () => {
  test('is whole where all are alike', () => {
    const agreement = agreementOf(
      'copies',
      ['a', 'b'],
      [1, 2, 3].map(() => [bar(0, 4), bar(5, 2)]),
    );
    expect(agreement).toEqual({
      ...{ among: 'copies', answers: 3 },
      perClass: [
        { label: 'a', dice: 1 },
        { label: 'b', dice: 1 },
      ],
    });
    expect(meanDiceOf(agreement)).toBe(1);
  });

  test('is the mean of all pairs, a class for itself', () => {
    // Pairs: 2·2/(4+2), 0, 0; and 1, 1, 1.
    const answers = [
      [bar(0, 4), bar(5, 2)],
      [bar(0, 2), bar(5, 2)],
      [bar(6, 1), bar(5, 2)],
    ];
    const { perClass, ...others } = agreementOf('versions', ['a', 'b'], answers);
    expect(perClass.map(({ dice }) => dice)).toEqual([expect.closeTo(4 / 6 / 3, 12), 1]);
    expect(meanDiceOf({ perClass, ...others })).toBeCloseTo((4 / 6 / 3 + 1) / 2, 12);
  });

  test('counts 0 for a class that only one of two finds, and leaves out what none finds', () => {
    const found = agreementOf(
      'copies',
      ['a', 'b'],
      [
        [bar(0, 4), NOTHING],
        [NOTHING, NOTHING],
      ],
    );
    expect(found.perClass.map(({ dice }) => dice)).toEqual([0, null]);
    expect(meanDiceOf(found)).toBe(0);
    expect(meanDiceOf(agreementOf('copies', ['a'], [[NOTHING], [NOTHING]]))).toBeNull();
  });
});
