import { describe, expect, test } from '@jest/globals';
import { promptSchema } from '@tomoclick/server/contract';
import { middleOf, promptDrawn } from './drawnPrompt.ts';

const NORMAL = [0, 0, 1] as const;
/** A canvas of 2 mm pixels in the plane z = 7. */
const toLps = ([x, y]: readonly [number, number]) => [2 * x, 2 * y, 7] as const;

describe('what a drag draws', () => {
  test('is a box from where it began to where it ended, in the plane shown', () => {
    const path = [
      [10, 20],
      [99, 99],
      [15, 28],
    ] as const;
    expect(promptDrawn('box', path, toLps, NORMAL, 'exclude')).toEqual({
      kind: 'box',
      cornersLps: [
        [20, 40, 7],
        [30, 40, 7],
        [30, 56, 7],
        [20, 56, 7],
      ],
      normalLps: [0, 0, 1],
    });
  });

  test('is no box when it has no area', () => {
    const path = [
      [10, 20],
      [10, 28],
    ] as const;
    expect(promptDrawn('box', path, toLps, NORMAL, undefined)).toBeUndefined();
  });

  test('is a stroke or an outline as drawn, with the polarity that a key chose', () => {
    const path = [
      [1, 1],
      [2, 1],
      [2, 3],
    ] as const;
    const pointsLps = [
      [2, 2, 7],
      [4, 2, 7],
      [4, 6, 7],
    ];
    expect(promptDrawn('scribble', path, toLps, NORMAL, undefined)).toEqual({ kind: 'scribble', pointsLps });
    expect(promptDrawn('lasso', path, toLps, NORMAL, 'exclude')).toEqual({
      ...{ kind: 'lasso', pointsLps, polarity: 'exclude' },
    });
    expect(promptDrawn('lasso', path.slice(0, 2), toLps, NORMAL, undefined)).toBeUndefined();
  });

  test.each(['scribble', 'lasso'] as const)('is a %s that the server takes, however slowly drawn', kind => {
    const path = Array.from({ length: 20_000 }, (_, n) => [n / 100, Math.abs(n - 10_000) / 100] as const);
    const drawn = promptDrawn(kind, path, toLps, NORMAL, 'include');
    expect(promptSchema.safeParse(drawn).success).toBe(true);
    expect(drawn).toMatchObject({ kind, polarity: 'include' });
  });

  test('has a middle that the other planes can show', () => {
    const box = promptDrawn('box', [[0, 0], [4, 8]], toLps, NORMAL, undefined); // prettier-ignore
    expect(box && middleOf(box)).toEqual([4, 8, 7]);
  });
});
