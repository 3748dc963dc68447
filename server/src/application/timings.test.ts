import { describe, expect, test } from '@jest/globals';
import { addTimings, sideBySide } from './timings.ts';

describe('timings', () => {
  test('add up by part', () => {
    expect(addTimings({ encode: 10, decode: 2 }, { decode: 3, mask: 1 })).toEqual({
      encode: 10,
      decode: 5,
      mask: 1,
    });
  });

  test('of overlapping work take no more than the time that passed', () => {
    const shared = sideBySide([{ encode: 60, decode: 20 }, { encode: 60 }], 70);
    expect(shared['encode']).toBeCloseTo(60);
    expect(shared['decode']).toBeCloseTo(10);
  });

  test('of work in a row stay what they are', () => {
    expect(sideBySide([{ encode: 30 }, { decode: 20 }], 55)).toEqual({ encode: 30, decode: 20 });
    expect(sideBySide([], 5)).toEqual({});
  });
});
