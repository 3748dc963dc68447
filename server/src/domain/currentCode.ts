import type { Code } from './terminology.ts';

/** Designators of SNOMED in its retired alphanumeric form (PS3.16 8). */
const RETIRED_SCHEMES = new Set(['SRT', 'SNM3', '99SDM']);

/** SNOMED RT identifiers that segmentations use, and the concepts of SNOMED CT that they are. */
const SNOMED_CT: Readonly<Record<string, string>> = {
  'T-D0050': '85756007',
  'T-D000A': '123037004',
  'M-01000': '49755003',
  'M-03000': '4147007',
  'G-A100': '24028007',
  'G-A101': '7771000',
  'T-04000': '76752008',
  'T-28000': '39607008',
  'T-32000': '80891009',
  'T-42000': '15825003',
  'T-56000': '32849002',
  'T-57000': '69695003',
  'T-58200': '38848004',
  'T-59300': '71854001',
  'T-62000': '10200004',
  'T-63000': '28231008',
  'T-65000': '15776009',
  'T-71000': '64033007',
  'T-74000': '89837001',
  'T-92000': '41216001',
  'T-A0100': '12738006',
  'T-B3000': '23451007',
  'T-C3000': '78961009',
};

/** The same concept in today's SNOMED CT; a code that is not known here stays as it is. */
export function currentCode(code: Code): Code {
  const value = RETIRED_SCHEMES.has(code.scheme) ? SNOMED_CT[code.value] : undefined;
  return value === undefined ? code : { ...code, value, scheme: 'SCT' };
}
