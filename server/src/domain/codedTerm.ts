import { sct, type Code } from './code.ts';
import type { ColourRgb } from './colourRgb.ts';

/** Something a segment can show, as PS3.16 CID 7151 lists them. */
export interface CodedTerm {
  readonly code: Code;
  readonly category: Code;
  /** What it is also called in English, the adjective included. */
  readonly otherNames: readonly string[];
  /** There is one on each side, so that a segment of it should say which. */
  readonly isPaired: boolean;
  readonly recommendedColour: ColourRgb;
}

/** Code, meaning, colour (sRGB) and other names of a term. */
export type TermRow = readonly [
  value: string,
  meaning: string,
  colour: `#${string}`,
  ...otherNames: string[],
];

export function termsOf(
  category: Code,
  rows: readonly TermRow[],
  { isPaired = false } = {},
): readonly CodedTerm[] {
  return rows.map(([value, meaning, colour, ...otherNames]) => ({
    ...{ code: sct(value, meaning), category, otherNames, isPaired },
    recommendedColour: colourOf(colour),
  }));
}

function colourOf(hexadecimal: string): ColourRgb {
  const number = Number.parseInt(hexadecimal.slice(1), 16);
  return [number >> 16, (number >> 8) & 0xff, number & 0xff];
}
