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

/** What the numbers of one image mean. */
export interface ImageValueMeaning extends ValueMeaning {
  /** What makes body-weight SUV of the numbers; absent where nothing does, or where they are that already. */
  readonly suvbwFactor?: number;
}

/** By so much the factors of images may differ that are of one scan: times in them are rounded. */
const SUVBW_FACTOR_TOLERANCE = 0.01;

/**
 * The meaning that all images of a stack share, and what their numbers have to be multiplied with for it; each warning
 * once. Decay correction refers to one moment of a scan (DecayCorrection, PS3.3 C.8.9.1): where images tell different
 * ones, or some tell none, nobody knows which, and the numbers stay in the units of the images.
 * @throws Problem unsupported-pixel-data when they differ in units: their numbers cannot be compared
 */
export function sharedMeaning(images: readonly ImageValueMeaning[]): {
  readonly meaning: ValueMeaning;
  readonly factor: number;
} {
  const units = [...new Set(images.map(meaning => meaning.units))];
  if (units.length > 1) {
    throw new Problem('unsupported-pixel-data', 'The images differ in the units of their values.', { units });
  }
  const warnings = new Map(
    images.flatMap(meaning => meaning.warnings.map(warning => [JSON.stringify(warning), warning] as const)),
  );
  const asStored = { units: units[0] ?? '', warnings: [...warnings.values()] };
  const factors = images.flatMap(({ suvbwFactor }) => suvbwFactor ?? []);
  if (factors.length === 0 || factors.length < images.length) return { meaning: asStored, factor: 1 };
  const [lowest, highest] = [Math.min(...factors), Math.max(...factors)];
  if (highest <= (1 + SUVBW_FACTOR_TOLERANCE) * lowest) {
    return { meaning: { ...asStored, units: 'SUVbw' }, factor: (lowest + highest) / 2 };
  }
  const contradiction = suvUnknownWarning(['SeriesTime', 'AcquisitionTime']);
  return { meaning: { ...asStored, warnings: [...asStored.warnings, contradiction] }, factor: 1 };
}

/** @param keywords of what SUV lacks */
export function suvUnknownWarning(keywords: readonly string[]): ValueWarning {
  const detail = 'SUV cannot be calculated; the values stay in the units of the images.';
  return { code: 'suv-unknown', detail, keywords };
}
