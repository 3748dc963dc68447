import { sct, type Code } from './code.ts';
import type { CodedTerm } from './codedTerm.ts';
import { ANATOMICAL_STRUCTURES } from './terms/anatomicalStructures.ts';
import {
  ANATOMICAL_STRUCTURE,
  MORPHOLOGICALLY_ABNORMAL_STRUCTURE,
  PHYSICAL_OBJECT,
  TISSUE,
} from './terms/categories.ts';
import { MORPHOLOGIES } from './terms/morphologies.ts';
import { PHYSICAL_OBJECTS } from './terms/physicalObjects.ts';
import { TISSUES } from './terms/tissues.ts';

export type { Code } from './code.ts';

/** What a segment shows, as the Segment Description macro asks for it (PS3.3 C.8.20.4). */
export interface SegmentedProperty {
  readonly category: Code;
  readonly type: Code;
  readonly laterality?: Code;
  /** Where a finding lies. */
  readonly anatomicRegion?: Code;
}

const RIGHT = sct('24028007', 'Right');
const LEFT = sct('7771000', 'Left');
const BILATERAL = sct('51440002', 'Bilateral');

/** PS3.16 CID 244. */
export const MODIFIERS: readonly Code[] = [RIGHT, LEFT, BILATERAL];

/** PS3.16 CID 7150, as far as there are terms. */
export const CATEGORIES: readonly Code[] = [
  ...[ANATOMICAL_STRUCTURE, TISSUE],
  ...[MORPHOLOGICALLY_ABNORMAL_STRUCTURE, PHYSICAL_OBJECT],
];

/** What a segment can be, and what a finding can lie in. */
const STRUCTURES: readonly CodedTerm[] = [...ANATOMICAL_STRUCTURES, ...TISSUES, ...PHYSICAL_OBJECTS];

/** Every term that there is a code for. */
export const CODED_TERMS: readonly CodedTerm[] = [...STRUCTURES, ...MORPHOLOGIES];

/** Codes for a label that a person typed in English; what is not known is tissue. */
export function segmentedPropertyOf(label: string): SegmentedProperty {
  const words = wordsOf(label);
  const finding = longestNameIn(words, MORPHOLOGIES);
  const structure = longestNameIn(finding ? words.replace(` ${finding.name} `, '  ') : words, STRUCTURES);
  const laterality = lateralityOf(words, structure);
  if (finding) {
    const anatomicRegion = structure && { anatomicRegion: structure.term.code };
    return { category: finding.term.category, type: finding.term.code, ...anatomicRegion, ...laterality };
  }
  if (structure) return { category: structure.term.category, type: structure.term.code, ...laterality };
  return { category: TISSUE, type: TISSUE };
}

/** The singular words in lower case, each between blanks: ` left kidney `. */
export function wordsOf(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return ` ${words.map(singular).join(' ')} `;
}

/** Applied to names and labels alike, so that it need not be good English. */
function singular(word: string): string {
  if (/(ss|x|ch)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) && word.length > 3 ? word.slice(0, -1) : word;
}

interface FoundName {
  readonly term: CodedTerm;
  readonly name: string;
}

const NAMES = new Map<CodedTerm, readonly string[]>(
  CODED_TERMS.map(term => [term, [term.code.meaning, ...term.otherNames].map(name => wordsOf(name).trim())]),
);

/** The longest, so that a gall bladder is no bladder. */
function longestNameIn(words: string, terms: readonly CodedTerm[]): FoundName | undefined {
  let longest: FoundName | undefined;
  for (const term of terms) {
    for (const name of NAMES.get(term)!) {
      if (name.length > (longest?.name.length ?? 0) && words.includes(` ${name} `)) longest = { term, name };
    }
  }
  return longest;
}

const SIDES = [
  { side: BILATERAL, named: / (bilateral|both) /, abbreviated: / bilat / },
  { side: LEFT, named: / left /, abbreviated: / (l|lt) / },
  { side: RIGHT, named: / right /, abbreviated: / (r|rt) / },
] as const;

/** A letter says the side only of what there are two of; of the left ventricle the name says it already. */
function lateralityOf(
  words: string,
  structure: FoundName | undefined,
): Pick<SegmentedProperty, 'laterality'> | undefined {
  const rest = structure ? words.replace(` ${structure.name} `, '  ') : words;
  if (structure && / (left|right) /.test(wordsOf(structure.term.code.meaning))) return undefined;
  const found = SIDES.find(
    ({ named, abbreviated }) => named.test(rest) || (structure?.term.isPaired && abbreviated.test(rest)),
  );
  return found && { laterality: found.side };
}
