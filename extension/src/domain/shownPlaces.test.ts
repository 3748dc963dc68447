import { describe, expect, test } from '@jest/globals';
import { isBent, lpsOfShown, shownOfLps, type ShownPlaces } from './shownPlaces.ts';

type Point = readonly [number, number, number];

/** Slices at these heights, shown a third of the whole apart. */
function axial(heights: readonly number[], leanMm = 0): ShownPlaces {
  const first = heights[0]!;
  return {
    originsLps: heights.map(z => [-20, -50 + (leanMm * (z - first)) / 10, z]),
    shownOrigin: [-20, -50, first],
    normal: [0, 0, 1],
    stepMm: (heights.at(-1)! - first) / (heights.length - 1),
  };
}

/** Two slices of 2 mm are missing in the middle. */
const WITH_GAP = axial([100, 102, 108, 110]);

describe('a series that the viewer shows evenly', () => {
  test.each([
    ['as it is', axial([100, 102, 104]), false],
    ['with a gap', WITH_GAP, true],
    ['tilted', axial([100, 102, 104], 2), true],
    ['at one place', axial([100, 100, 104]), false],
  ])('%s', (_, places, expected) => {
    expect(isBent(places)).toBe(expected);
  });

  test('has the place of the slice itself where a point on it is shown, whatever is missing below', () => {
    const stepMm = 10 / 3;
    const heights = [0, 1, 2, 3].map(slice => lpsOfShown(WITH_GAP, [1, 2, 100 + slice * stepMm])[2]);
    [100, 102, 108, 110].forEach((z, slice) => expect(heights[slice]).toBeCloseTo(z, 9));
    expect(lpsOfShown(WITH_GAP, [1, 2, 100 + 1.5 * stepMm])).toEqual([1, 2, expect.closeTo(105, 9)]);
  });

  test('goes on beyond its ends as far as it is shown to', () => {
    expect(lpsOfShown(WITH_GAP, [0, 0, 97])).toEqual([0, 0, 97]);
    expect(lpsOfShown(WITH_GAP, [0, 0, 113])[2]).toBeCloseTo(113, 9);
  });

  test('leans with the gantry', () => {
    const tilted = axial([100, 105, 110], 2);
    expect(lpsOfShown(tilted, [0, 0, 110])).toEqual([0, 2, 110]);
    expect(lpsOfShown(tilted, [0, 0, 105])).toEqual([0, 1, 105]);
  });

  test.each([
    ['a gap', WITH_GAP],
    ['a gap and a tilt', axial([100, 102, 108, 110], -3)],
    ['a falling order', { ...axial([110, 108, 102, 100]), normal: [0, 0, -1] as const, stepMm: 10 / 3 }],
  ])('is shown where it is clicked, with %s', (_, places) => {
    for (const z of [95, 100, 101.3, 104, 105.5, 108, 109.9, 110, 117]) {
      const shown: Point = [3, -4, z];
      const back = shownOfLps(places, lpsOfShown(places, shown));
      back.forEach((mm, axis) => expect(mm).toBeCloseTo(shown[axis]!, 9));
    }
  });
});
