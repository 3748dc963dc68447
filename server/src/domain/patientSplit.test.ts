import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patientsOfCases, splitByPatient } from './patientSplit.ts';

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

describe('cases are of one patient', () => {
  const named = (...cases: readonly (readonly [string, string])[]) =>
    patientsOfCases(cases.map(([patientKey, studyInstanceUID]) => ({ patientKey, studyInstanceUID })));

  test('where their ids are equal, or their study is', () => {
    expect(named(['a', '1'], ['b', '2'], ['a', '3'])).toEqual(['a', 'b', 'a']);
    expect(named(['a', '1'], ['', '1'])).toEqual(['a', 'a']);
  });

  test('also by way of others, in any order', () => {
    expect(new Set(named(['a', '1'], ['b', '2'], ['c', '3'], ['b', '1'], ['c', '2']))).toEqual(
      new Set(['a']),
    );
    expect(new Set(named(['b', '2'], ['c', '2'], ['a', '1'], ['c', '1'])).size).toBe(1);
  });
});
