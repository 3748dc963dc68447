import type { TermList } from '@tomoclick/server/contract';

/** A name for a segment that the server codes by a term. */
export interface TermChoice {
  readonly label: string;
  /** What kind of thing it is. */
  readonly category: string;
}

const SIDES = ['Left', 'Right'] as const;

/** What there is one of on each side can be named with its side; best first, as the terms are. */
export function termChoicesOf(terms: TermList['terms']): readonly TermChoice[] {
  return terms.flatMap(({ code: { meaning }, category, isPaired }) => {
    const sided = isPaired ? SIDES.map(side => `${side} ${withSmallInitial(meaning)}`) : [];
    return [meaning, ...sided].map(label => ({ label, category: category.meaning }));
  });
}

/** But for abbreviations. */
function withSmallInitial(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
