import { expect, test } from '@jest/globals';
import { madeAtOf } from './storedObject.ts';

test('date and time are shown as far as they are known', () => {
  expect(madeAtOf('20240229', '102030.5')).toBe('2024-02-29 10:20');
  expect(madeAtOf('20240229', '10')).toBe('2024-02-29');
  expect(madeAtOf('20240229', undefined)).toBe('2024-02-29');
  expect(madeAtOf('', '1020')).toBe('');
  expect(madeAtOf(undefined, undefined)).toBe('');
});
