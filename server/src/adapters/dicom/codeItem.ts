import type { NaturalizedDataset } from 'dcmjs';
import type { Code } from '../../domain/terminology.ts';

/** Item of a code sequence (PS3.3 8.8). */
export function codeItem({
  value,
  scheme,
  meaning,
}: Omit<Code, 'scheme'> & { readonly scheme: string }): NaturalizedDataset {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

export function dcm(value: string, meaning: string): Code {
  return { value, scheme: 'DCM', meaning };
}

export function sct(value: string, meaning: string): Code {
  return { value, scheme: 'SCT', meaning };
}
