import { expect, test } from '@jest/globals';
import { NO_UNITS, sharedMeaning, type ValueWarning } from './valueMeaning.ts';

const warning: ValueWarning = { code: 'suv-unknown', detail: 'no weight', keywords: ['PatientWeight'] };

test('images of one unit share it, and say each warning once', () => {
  const meaning = { units: 'BQML', warnings: [warning] };
  expect(sharedMeaning([meaning, { ...meaning, warnings: [{ ...warning }] }])).toEqual(meaning);
  expect(sharedMeaning([])).toEqual(NO_UNITS);
});

test('images of several units are refused, with their names', () => {
  expect(() => sharedMeaning([NO_UNITS, { units: 'HU', warnings: [] }])).toThrow(
    expect.objectContaining({ code: 'unsupported-pixel-data', facts: { units: ['', 'HU'] } }),
  );
});
