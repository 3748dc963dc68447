import { dcm, type Code } from './code.ts';
import type { Volume } from './volume.ts';

/** A unit of UCUM (PS3.16 CID 7181). */
export interface Unit {
  readonly code: string;
  readonly meaning: string;
}

/** What the values of a volume are (PS3.16 CID 7180), and in which unit. */
export interface ValueQuantity {
  readonly concept: Code;
  readonly unit: Unit;
}

const ATTENUATION: ValueQuantity = {
  concept: dcm('112031', 'Attenuation Coefficient'),
  unit: { code: "[hnsf'U]", meaning: 'Hounsfield unit' },
};
const MR_SIGNAL: ValueQuantity = {
  concept: dcm('110852', 'MR signal intensity'),
  unit: { code: '1', meaning: 'no units' },
};

const BODY_WEIGHT_UPTAKE: ValueQuantity = {
  concept: dcm('126401', 'SUVbw'),
  unit: { code: 'g/ml{SUVbw}', meaning: 'Standardized Uptake Value body weight' },
};
const ACTIVITY: ValueQuantity = {
  concept: dcm('110821', 'Nuclear Medicine Tomographic Activity'),
  unit: { code: 'Bq/ml', meaning: 'Becquerels/milliliter' },
};

/** Undefined where it is not known what the numbers mean: then none are reported as a measurement. */
export function valueQuantityOf({
  modality,
  valueMeaning: { units },
}: Pick<Volume, 'modality' | 'valueMeaning'>): ValueQuantity | undefined {
  switch (units) {
    case 'HU':
      return ATTENUATION;
    case 'SUVbw':
      return BODY_WEIGHT_UPTAKE;
    case 'BQML':
      return ACTIVITY;
    default:
      return modality === 'MR' && units === '' ? MR_SIGNAL : undefined;
  }
}
