import { suvUnknownWarning, type ImageValueMeaning, type ValueWarning } from '../../domain/valueMeaning.ts';
import { dateTimeMs, dtMs } from './dateTime.ts';
import type { Part10 } from './part10.ts';

/**
 * How the rescaled values of a PET image become body-weight SUV (g/ml): by a factor of the image, in which images of a
 * series may differ, and one from Bq/ml, in which they may not; or not at all.
 */
export type SuvbwScale =
  | { readonly kind: 'known'; readonly imageFactor: number; readonly activityFactor?: number }
  | { readonly kind: 'unknown'; readonly warning: ValueWarning };

/** Below this the dose was written in MBq by mistake: scans of people take some 50 MBq and more. */
const LEAST_DOSE_BQ = 1e5;
/** Above this the weight was written in grams. */
const MOST_WEIGHT_KG = 700;
/** What is left after so many half-lives cannot be imaged: a date was changed, by de-identification for instance. */
const MOST_HALF_LIVES = 12;
/** Slower tracers are imaged days after the injection, so that a time of day alone does not say when it was. */
const LONGEST_HALF_LIFE_WITHOUT_DATE_S = 12 * 3600;
/** RadiopharmaceuticalStartTime, RadionuclideTotalDose, RadionuclideHalfLife, RadiopharmaceuticalStartDateTime. */
const INJECTION_TAGS = ['x00181072', 'x00181074', 'x00181075', 'x00181078'];
/** Reference times are rounded; a second of the fastest tracer in use (Rb-82) is 1 %. */
const FRAME_TIME_TOLERANCE_MS = 1000;
const DAY_MS = 24 * 3600 * 1000;

/**
 * SUVbw factor of a PET image (PS3.3 C.8.9.1, C.8.9.2), by the vendor-neutral calculation of the QIBA FDG-PET
 * profile; where something is missing the values stay in the units of the file, and the warning names it.
 */
export function suvbwScaleOf(part10: Part10): SuvbwScale {
  switch (part10.string('x00541001')) {
    case 'GML':
      return isBodyWeight(part10) ? { kind: 'known', imageFactor: 1 } : suvUnknown(['SUVType']);
    case 'BQML':
      return fromActivity(part10, 1);
    case 'CNTS':
      return fromPhilipsCounts(part10);
    default:
      return suvUnknown(['Units']);
  }
}

function isBodyWeight(part10: Part10): boolean {
  return ['', 'BW'].includes(part10.string('x00541006'));
}

function fromPhilipsCounts(part10: Part10): SuvbwScale {
  const privateFactor = (element: string): number => {
    const tag = part10.privateTag('7053', 'Philips PET Private Group', element);
    return (tag === undefined ? undefined : part10.numbers(tag)[0]) ?? NaN;
  };
  const suvFactor = privateFactor('00');
  if (suvFactor > 0) return { kind: 'known', imageFactor: suvFactor };
  const activityFactor = privateFactor('09');
  return activityFactor > 0 ? fromActivity(part10, activityFactor) : suvUnknown(['Units']);
}

/** @param bqPerMl activity of one unit of the rescaled values */
function fromActivity(part10: Part10, bqPerMl: number): SuvbwScale {
  const corrections = part10.strings('x00280051');
  const isCorrected = corrections.includes('ATTN') && corrections.includes('DECY');
  const scale = suvbwOfActivity(
    part10,
    isCorrected ? [] : ['CorrectedImage'],
    (tracer, halfLifeS, onMissing) => {
      switch (part10.string('x00541102')) {
        case 'START':
          return decaySeconds(part10, tracer, halfLifeS, onMissing);
        case 'ADMIN':
          // Corrected to the time of administration: the dose counts as it was.
          return 0;
        default:
          onMissing('DecayCorrection');
          return NaN;
      }
    },
  );
  return scale.kind === 'known' ? { ...scale, imageFactor: bqPerMl } : scale;
}

/**
 * Factor from Bq/ml to SUVbw.
 * @param uncorrected keywords that say why the activities are not those of the scan's start
 * @param decaySecondsOf from the injection to the moment that the image is decay-corrected to; tells what is missing
 */
export function suvbwOfActivity(
  part10: Part10,
  uncorrected: readonly string[],
  decaySecondsOf: (
    tracer: Part10 | undefined,
    halfLifeS: number,
    onMissing: (keyword: string) => void,
  ) => number,
): SuvbwScale {
  const missing = [...uncorrected];
  const need = (keyword: string, value: number | undefined, most = Infinity, least = 0): number => {
    if (value !== undefined && value > least && value <= most) return value;
    missing.push(keyword);
    return NaN;
  };
  const tracers = part10.items('x00540016');
  const [tracer] = tracers;
  const numberIn = (tag: string): number | undefined => tracer?.numbers(tag)[0];
  const weightKg = need('PatientWeight', part10.numbers('x00101030')[0], MOST_WEIGHT_KG);
  const doseTold = isOneInjection(tracers) ? numberIn('x00181074') : undefined;
  const doseBq = need('RadionuclideTotalDose', doseTold, Infinity, LEAST_DOSE_BQ);
  const halfLifeS = need('RadionuclideHalfLife', numberIn('x00181075'));
  const decayS = decaySecondsOf(tracer, halfLifeS, keyword => missing.push(keyword));
  if (missing.length > 0) return suvUnknown(missing);
  const dosePerGram = (doseBq * 2 ** (-decayS / halfLifeS)) / (weightKg * 1000);
  return { kind: 'known', imageFactor: 1, activityFactor: 1 / dosePerGram };
}

/** Of several injections (PS3.3 C.8.9.2) nobody knows how much of the activity is of which. */
function isOneInjection(tracers: readonly Part10[]): boolean {
  const told = tracers.map(tracer => INJECTION_TAGS.map(tag => tracer.string(tag)).join());
  return new Set(told).size <= 1;
}

/** From the injection to the moment that the image is decay-corrected to; NaN after telling what is missing. */
function decaySeconds(
  part10: Part10,
  tracer: Part10 | undefined,
  halfLifeS: number,
  onMissing: (keyword: string) => void,
): number {
  const scanMs = scanStartMs(part10, halfLifeS);
  if (scanMs === undefined) {
    onMissing('SeriesTime');
    return NaN;
  }
  const injectionMs =
    dtMs(tracer?.string('x00181078') ?? '', zoneOfTimes(part10)) ??
    injectionOnDayOf(part10, tracer, scanMs, halfLifeS);
  const decayS = plausibleDecay(scanMs, injectionMs, halfLifeS);
  if (decayS === undefined) onMissing('RadiopharmaceuticalStartDateTime');
  return decayS ?? NaN;
}

/** Seconds between two moments; undefined where no scan can have taken place so long after an injection, or before. */
export function plausibleDecay(
  correctedToMs: number | undefined,
  injectionMs: number | undefined,
  halfLifeS: number,
): number | undefined {
  const decayS = ((correctedToMs ?? NaN) - (injectionMs ?? NaN)) / 1000;
  return decayS >= 0 && !(decayS > MOST_HALF_LIVES * halfLifeS) ? decayS : undefined;
}

/** Where only the time of day is known: the same day as the scan, or the day before if that were after it. */
function injectionOnDayOf(
  part10: Part10,
  tracer: Part10 | undefined,
  scanMs: number,
  halfLifeS: number,
): number | undefined {
  if (halfLifeS > LONGEST_HALF_LIFE_WITHOUT_DATE_S) return undefined;
  const sameDayMs = dateTimeMs(part10.string('x00080021'), tracer?.string('x00181072') ?? '');
  if (sameDayMs === undefined) return undefined;
  return sameDayMs > scanMs ? sameDayMs - DAY_MS : sameDayMs;
}

/**
 * The moment that DecayCorrection START refers to. Series Date and Time, unless a later processing step has
 * overwritten them, which shows in their lying after the acquisition.
 */
function scanStartMs(part10: Part10, halfLifeS: number): number | undefined {
  const seriesMs = dateTimeMs(part10.string('x00080021'), part10.string('x00080031'));
  const acquisitionMs = dateTimeMs(part10.string('x00080022'), part10.string('x00080032'));
  if (acquisitionMs === undefined) return undefined;
  if (seriesMs !== undefined && seriesMs <= acquisitionMs) return seriesMs;
  const geTag = part10.privateTag('0009', 'GEMS_PETD_01', '0d');
  const geScanMs = geTag === undefined ? undefined : dtMs(part10.string(geTag), zoneOfTimes(part10));
  if (geScanMs !== undefined) return geScanMs;
  const referenceMs = part10.numbers('x00541300')[0];
  const durationMs = part10.numbers('x00181242')[0];
  if (referenceMs === undefined || durationMs === undefined || !(durationMs > 0)) return undefined;
  const startToFrameMs = referenceMs - averageCountRateMs(durationMs, halfLifeS);
  // A reference time that is not told from the start of the scan, such as 0, says nothing of it.
  return startToFrameMs >= -FRAME_TIME_TOLERANCE_MS ? acquisitionMs - startToFrameMs : undefined;
}

/** TimezoneOffsetFromUTC, of every date and time without an offset of its own. */
function zoneOfTimes(part10: Part10): string {
  return part10.string('x00080201');
}

/** When, after the start of a frame, the activity is what it is on average over the frame. */
function averageCountRateMs(durationMs: number, halfLifeS: number): number {
  const decayPerMs = Math.LN2 / (halfLifeS * 1000);
  const decay = decayPerMs * durationMs;
  return Math.log(decay / -Math.expm1(-decay)) / decayPerMs;
}

export function suvUnknown(keywords: readonly string[]): Extract<SuvbwScale, { kind: 'unknown' }> {
  return { kind: 'unknown', warning: suvUnknownWarning(keywords) };
}

/** Of numbers in `units` that have been multiplied with the factor of their image, where it is known. */
export function petMeaning(units: string, scale: SuvbwScale): ImageValueMeaning {
  if (scale.kind === 'unknown') return { units, warnings: [scale.warning] };
  return scale.activityFactor === undefined
    ? { units: 'SUVbw', warnings: [] }
    : { units: 'BQML', warnings: [], suvbwFactor: scale.activityFactor };
}
