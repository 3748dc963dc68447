import { segmentedPropertyOf, type Code } from './terminology.ts';

/** What a segment shows, in codes (PS3.3 C.8.20.4). */
export interface SegmentCodes {
  readonly category: Code;
  readonly type: Code;
  readonly typeModifiers: readonly Code[];
  readonly anatomicRegion?: { readonly code: Code; readonly modifiers: readonly Code[] };
}

/** How a segment was made. */
export type SegmentAlgorithm =
  { readonly type: 'MANUAL' } | { readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC'; readonly name: string };

/** What the object that a segment was opened from says of it, beyond its label and colour. */
export interface SegmentDescription {
  readonly codes: SegmentCodes;
  readonly trackingID: string;
  readonly algorithm: SegmentAlgorithm;
}

/** Codes for a label that a person typed. */
export function codesOfLabel(label: string): SegmentCodes {
  const { category, type, laterality, anatomicRegion } = segmentedPropertyOf(label);
  const modifiers = laterality ? [laterality] : [];
  if (!anatomicRegion) return { category, type, typeModifiers: modifiers };
  return { category, type, typeModifiers: [], anatomicRegion: { code: anatomicRegion, modifiers } };
}
