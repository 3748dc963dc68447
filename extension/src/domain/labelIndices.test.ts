import { expect, test } from '@jest/globals';
import { LabelIndices } from './labelIndices.ts';

test('a segment is drawn as its number, or where that is no byte as one that no other segment has', () => {
  const indices = new LabelIndices();
  expect([1, 7, 255].map(number => indices.of(number))).toEqual([1, 7, 255]);
  const large = [256, 1002, 65535].map(number => indices.of(number));
  expect(new Set([...large, 1, 7, 255]).size).toBe(6);
  expect(large.every(index => index >= 1 && index <= 255)).toBe(true);
  expect([256, 1002, 65535].map(number => indices.of(number))).toEqual(large);
});

test('a number whose place is taken gets another one, and places of removed segments are given again', () => {
  const indices = new LabelIndices();
  const taken = indices.of(1002);
  expect(indices.of(taken)).not.toBe(taken);
  for (let number = 2000; ; number++) {
    try {
      indices.of(number);
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining('255') });
      expect(number).toBe(2000 + 253);
      break;
    }
  }
  indices.forget(1002);
  expect(indices.of(3000)).toBe(taken);
});
