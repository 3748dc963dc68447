import type { Rescale } from '../../domain/volume.ts';
import type { ImageValueMeaning } from '../../domain/valueMeaning.ts';
import { dtMs, zoneOf } from './dateTime.ts';
import type { FrameAttributes } from './functionalGroups.ts';
import type { Part10 } from './part10.ts';
import { petMeaning, plausibleDecay, suvbwOfActivity, suvUnknown } from './suvbw.ts';

/** From stored values to numbers with a meaning. */
export interface PetValues {
  readonly rescale: Rescale;
  readonly valueMeaning: ImageValueMeaning;
}

/** Codes of UCUM, in lower case: writers do not agree on the case of the litre. */
const SUVBW_CODES: readonly string[] = ['{suvbw}g/ml', 'g/ml{suvbw}'];
const BQ_PER_ML: Readonly<Record<string, number>> = { 'bq/ml': 1, 'kbq/ml': 1e3, 'mbq/ml': 1e6 };

/**
 * Body-weight SUV of a frame of an Enhanced PET image (PS3.3 A.56). What its stored values mean stands in Real World
 * Value Mappings (C.7.6.16.2.11), each linear in them: SUV itself, or an activity, from which it is calculated with
 * dose and weight of the image; where something of that is missing, the values are Bq/ml and the warning names it.
 * Undefined where no mapping tells either.
 */
export function enhancedPetValues(part10: Part10, frame: FrameAttributes): PetValues | undefined {
  const mappings = frame.items('x00409096').flatMap(mapping => {
    const code = mapping.items('x004008ea')[0]?.string('x00080100').trim().toLowerCase() ?? '';
    const [slope = NaN, intercept = NaN] = [mapping.float64('x00409225'), mapping.float64('x00409224')];
    const isLinear = Number.isFinite(slope) && slope !== 0 && Number.isFinite(intercept);
    return isLinear ? [{ code, slope, intercept }] : [];
  });
  const suvbw = mappings.find(({ code }) => SUVBW_CODES.includes(code));
  if (suvbw) return { rescale: suvbw, valueMeaning: { units: 'SUVbw', warnings: [] } };
  const activity = mappings.find(({ code }) => code in BQ_PER_ML);
  if (!activity) return undefined;
  const inBq = scaled(activity, BQ_PER_ML[activity.code]!);
  const scale = suvbwOfActivity(part10, uncorrected(part10), (tracer, halfLifeS, onMissing) => {
    const correctedTo = part10.string('x00189701');
    const zone = part10.string('x00080201') || zoneOf(correctedTo);
    const correctedToMs = dtMs(correctedTo, zone);
    const decayS = plausibleDecay(correctedToMs, dtMs(tracer?.string('x00181078') ?? '', zone), halfLifeS);
    if (decayS === undefined) {
      onMissing(correctedToMs === undefined ? 'DecayCorrectionDateTime' : 'RadiopharmaceuticalStartDateTime');
    }
    return decayS ?? NaN;
  });
  return { rescale: inBq, valueMeaning: petMeaning('BQML', scale) };
}

/** For an image that no mapping tells the unit of. */
export function unmappedPetMeaning(): ImageValueMeaning {
  return { units: '', warnings: [suvUnknown(['RealWorldValueMappingSequence']).warning] };
}

/** Keywords of corrections that SUV takes and that the image says nothing of, or no (PS3.3 C.8.22.3). */
function uncorrected(part10: Part10): readonly string[] {
  return (
    [
      ['AttenuationCorrected', 'x00189759'],
      ['DecayCorrected', 'x00189758'],
    ] as const
  ).flatMap(([keyword, tag]) => (part10.string(tag) === 'YES' ? [] : [keyword]));
}

function scaled({ slope, intercept }: Rescale, factor: number): Rescale {
  return { slope: slope * factor, intercept: intercept * factor };
}
