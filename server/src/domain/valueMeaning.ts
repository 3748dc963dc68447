import { Problem } from './errors.ts';

/** Something a reader must know before believing the numbers of a volume. */
export interface ValueWarning {
  readonly code: 'suv-unknown';
  readonly detail: string;
  /** DICOM keywords of what is missing or not usable. */
  readonly keywords: readonly string[];
}

/** What the numbers of an image mean once its rescale has been applied. */
export interface ValueMeaning {
  /**
   * `HU`, `SUVbw`, or another defined term of RescaleType (PS3.3 C.11.1) or, in PET, Units (PS3.3 C.8.9.1);
   * empty where the numbers have no unit, as in MR.
   */
  readonly units: string;
  readonly warnings: readonly ValueWarning[];
}

export const NO_UNITS: ValueMeaning = { units: '', warnings: [] };

/**
 * The meaning that all images of a stack share; each warning once.
 * @throws Problem unsupported-pixel-data when they differ in units: their numbers cannot be compared
 */
export function sharedMeaning(meanings: readonly ValueMeaning[]): ValueMeaning {
  const units = [...new Set(meanings.map(meaning => meaning.units))];
  if (units.length > 1) {
    throw new Problem('unsupported-pixel-data', 'The images differ in the units of their values.', { units });
  }
  const warnings = new Map(
    meanings.flatMap(meaning => meaning.warnings.map(warning => [JSON.stringify(warning), warning] as const)),
  );
  return { units: units[0] ?? '', warnings: [...warnings.values()] };
}
