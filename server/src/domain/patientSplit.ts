/**
 * The fold (1-based) of each case, so that no patient is on both sides of a split. Patients with many cases come
 * first, each into the fold with the fewest cases so far; equal ones in the order given.
 * @param patientKeys one a case
 */
export function splitByPatient(patientKeys: readonly string[], folds: number): readonly number[] {
  const casesOf = new Map<string, number>();
  for (const key of patientKeys) casesOf.set(key, (casesOf.get(key) ?? 0) + 1);
  const sizes = new Array<number>(folds).fill(0);
  const foldOf = new Map<string, number>();
  const largestFirst = [...casesOf].sort(([, a], [, b]) => b - a);
  for (const [key, cases] of largestFirst) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold] = (sizes[fold] ?? 0) + cases;
    foldOf.set(key, fold + 1);
  }
  return patientKeys.map(key => foldOf.get(key) ?? 1);
}

interface NamedCase {
  readonly patientKey: string;
  readonly studyInstanceUID: string;
}

/**
 * The patient of each case, as one of the keys. A study is of one patient, whatever its objects say: where some of them
 * name another (an id that was corrected) or none, the cases of both are of one.
 */
export function patientsOfCases(cases: readonly NamedCase[]): readonly string[] {
  let patients = cases.map(({ patientKey }) => patientKey);
  for (const { studyInstanceUID } of cases) {
    const named = new Set(patients.filter((_, n) => cases[n]!.studyInstanceUID === studyInstanceUID));
    const [first] = named;
    patients = patients.map(patient => (first !== undefined && named.has(patient) ? first : patient));
  }
  return patients;
}
