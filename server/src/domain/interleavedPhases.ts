import type { DecodedSlice } from './decodedSlice.ts';

/**
 * Whether an attribute that tells phases apart has few values that alternate along a stack: images of several phases
 * that do not lie at the same positions.
 * @param sorted by position
 */
export function isInterleaved(sorted: readonly Pick<DecodedSlice, 'phaseValues'>[]): boolean {
  const attributeCount = sorted[0]?.phaseValues.length ?? 0;
  return Array.from({ length: attributeCount }, (_, attribute) =>
    sorted.map(({ phaseValues }) => phaseValues[attribute] ?? ''),
  ).some(values => {
    const phaseCount = new Set(values).size;
    const stretches = values.filter((value, at) => value !== values[at - 1]).length;
    return 2 * phaseCount <= values.length && stretches > phaseCount;
  });
}
