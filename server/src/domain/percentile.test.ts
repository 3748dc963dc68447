import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentileOf } from './percentile.ts';

describe('percentile', () => {
  test('interpolates between the two values in order about the place', () => {
    const anyValues = fc.array(
      fc.oneof(fc.integer({ min: -5, max: 5 }), fc.float({ noNaN: true, noDefaultInfinity: true })),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(anyValues, fc.double({ min: 0, max: 100, noNaN: true }), (values, percent) => {
        const sorted = Float32Array.from(values).sort();
        const position = ((sorted.length - 1) * percent) / 100;
        const low = sorted[Math.floor(position)] ?? NaN;
        const high = sorted[Math.ceil(position)] ?? NaN;
        const expected = low + (high - low) * (position - Math.floor(position));
        expect(percentileOf(Float32Array.from(values), percent)).toBeCloseTo(expected, 5);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    // numpy.percentile([1, 2, 4, 8], q)
    [0, 1],
    [25, 1.75],
    [50, 3],
    [90, 6.8],
    [100, 8],
  ])('%d of 1, 2, 4, 8 is %d', (percent, expected) => {
    expect(percentileOf(Float32Array.of(8, 1, 4, 2), percent)).toBeCloseTo(expected, 12);
  });
});
