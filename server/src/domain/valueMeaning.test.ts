import { describe, expect, test } from '@jest/globals';
import { NO_UNITS, sharedMeaning, type ImageValueMeaning, type ValueWarning } from './valueMeaning.ts';

const warning: ValueWarning = { code: 'suv-unknown', detail: 'no weight', keywords: ['PatientWeight'] };

test('images of one unit share it, and say each warning once', () => {
  const meaning = { units: 'BQML', warnings: [warning] };
  const shared = sharedMeaning([meaning, { ...meaning, warnings: [{ ...warning }] }]);
  expect(shared).toEqual({ meaning, factor: 1 });
  expect(sharedMeaning([])).toEqual({ meaning: NO_UNITS, factor: 1 });
});

test('images of several units are refused, with their names', () => {
  expect(() => sharedMeaning([NO_UNITS, { units: 'HU', warnings: [] }])).toThrow(
    expect.objectContaining({ code: 'unsupported-pixel-data', facts: { units: ['', 'HU'] } }),
  );
});

describe('images of PET', () => {
  const activity = (suvbwFactor?: number): ImageValueMeaning => ({
    ...{ units: 'BQML', warnings: suvbwFactor === undefined ? [warning] : [] },
    ...(suvbwFactor !== undefined && { suvbwFactor }),
  });

  test('of one scan are SUV by one factor, which times in them may round', () => {
    const meaning = { units: 'SUVbw', warnings: [] };
    expect(sharedMeaning([activity(2e-4), activity(2e-4)])).toEqual({ meaning, factor: 2e-4 });
    const { factor } = sharedMeaning([activity(2.001e-4), activity(2e-4), activity(2e-4)]);
    expect(factor).toBeCloseTo(2.0005e-4, 12);
  });

  test('that were corrected to different moments stay as they are, with a warning', () => {
    const { meaning, factor } = sharedMeaning([activity(2e-4), activity(2.2e-4)]);
    expect(meaning).toMatchObject({
      units: 'BQML',
      warnings: [{ code: 'suv-unknown', keywords: ['SeriesTime', 'AcquisitionTime'] }],
    });
    expect(factor).toBe(1);
  });

  test('of which one does not say what SUV takes stay as they are, and say what is missing', () => {
    const shared = sharedMeaning([activity(2e-4), activity()]);
    expect(shared).toEqual({ meaning: { units: 'BQML', warnings: [warning] }, factor: 1 });
  });
});
