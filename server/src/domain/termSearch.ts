import type { CodedTerm } from './codedTerm.ts';
import { CODED_TERMS, wordsOf } from './terminology.ts';

/**
 * The terms of which a name has every word of the query, or a word that begins with it; those whose name begins with
 * the query come first. Without a query all of them, in the order of the table.
 * @param categoryValue code value of a category, to find only terms of it
 */
export function searchTerms(query: string, categoryValue?: string): readonly CodedTerm[] {
  const wanted = wordsOf(query).trim();
  return CODED_TERMS.filter(({ category }) => categoryValue === undefined || category.value === categoryValue)
    .map(term => ({ term, rank: Math.min(...namesOf(term).map(name => rankOf(name, wanted))) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ term }) => term);
}

function namesOf({ code, otherNames }: CodedTerm): readonly string[] {
  return [code.meaning, ...otherNames].map(wordsOf);
}

/** 0: it is the name; 1: it begins with it; 2: its words do; Infinity: it is another. */
function rankOf(name: string, wanted: string): number {
  if (wanted === '' || name === ` ${wanted} `) return 0;
  if (name.startsWith(` ${wanted}`)) return 1;
  return wanted.split(' ').every(word => name.includes(` ${word}`)) ? 2 : Infinity;
}
