import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalString } from './decimalString.ts';

test('a decimal string has at most 16 characters and loses less than a millionth of a millimetre', () => {
  fc.assert(
    fc.property(fc.double({ min: -99_999, max: 99_999, noNaN: true }), value => {
      const text = decimalString(value);
      expect(text.length).toBeLessThanOrEqual(16);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e-?\d+)?$/);
      expect(Math.abs(Number(text) - value)).toBeLessThan(1e-6);
    }),
    { numRuns: 2000 },
  );
});

test('a short number is written as it is, and what is no number is refused', () => {
  expect(decimalString(-0.5)).toBe('-0.5');
  expect(decimalString(0.1 + 0.2)).toBe('0.3');
  expect(decimalString(-123.45678901234567)).toBe('-123.45678901235');
  expect(() => decimalString(NaN)).toThrow(RangeError);
});
