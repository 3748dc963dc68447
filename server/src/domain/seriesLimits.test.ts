import { expect, test } from '@jest/globals';
import { DEFAULT_SERIES_LIMITS, SeriesBudget } from './seriesLimits.ts';

const LIMITS = { ...DEFAULT_SERIES_LIMITS, maxVoxels: 100, maxFrames: 3, maxBytes: 1000 };

function problemOf(spend: (budget: SeriesBudget) => void): unknown {
  try {
    spend(new SeriesBudget(LIMITS));
    return undefined;
  } catch (error) {
    return error;
  }
}

test('a series may use all of its budget, and not one more of anything', () => {
  const all = (budget: SeriesBudget): void => {
    budget.addFile(1000);
    for (const voxels of [50, 49, 1]) budget.addFrame(voxels);
  };
  const tooLarge = (limit: keyof typeof LIMITS): unknown => ({
    code: 'series-too-large',
    facts: { [limit]: LIMITS[limit] },
  });
  expect(problemOf(all)).toBeUndefined();
  expect(problemOf(budget => (all(budget), budget.addFile(1)))).toMatchObject(tooLarge('maxBytes') as object);
  expect(problemOf(budget => (all(budget), budget.addFrame(0)))).toMatchObject(
    tooLarge('maxFrames') as object,
  );
  expect(problemOf(budget => budget.addFrame(101))).toMatchObject(tooLarge('maxVoxels') as object);
});
