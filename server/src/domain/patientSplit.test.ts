import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitByPatient } from './patientSplit.ts';

test('all cases of a patient are in one fold, and every fold has some where there are patients enough', () => {
  const patients = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(patients, fc.integer({ min: 2, max: 6 }), (keys, folds) => {
      const split = splitByPatient(keys, folds);
      keys.forEach((key, n) => expect(split[n]).toBe(split[keys.indexOf(key)]));
      const used = new Set(split);
      expect(used.size).toBe(Math.min(folds, new Set(keys).size));
      expect(Math.min(...split)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...split)).toBeLessThanOrEqual(folds);
    }),
  );
});

test('a patient with many cases has a fold for herself', () => {
  expect(splitByPatient(['a', 'b', 'c', 'c', 'c'], 2)).toEqual([2, 2, 1, 1, 1]);
});
