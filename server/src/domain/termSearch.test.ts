import { describe, expect, test } from '@jest/globals';
import { CODED_TERMS } from './terminology.ts';
import { searchTerms } from './termSearch.ts';

const found = (query: string, category?: string): readonly string[] =>
  searchTerms(query, category).map(term => term.code.meaning);

describe('a search for terms', () => {
  test('finds what begins with the query before what has it further on', () => {
    expect(found('kidn')).toEqual(['Kidney']);
    const lobes = found('lobe');
    expect(lobes).toContain('Frontal lobe');
    expect(found('lung')[0]).toBe('Lung');
    expect(found('lung')).toContain('Upper lobe of lung');
  });

  test('knows other names, plurals and any order of words', () => {
    expect(found('oesophagus')).toEqual(['Esophagus']);
    expect(found('Kidneys')).toEqual(['Kidney']);
    expect(found('vein portal')).toEqual(['Portal vein']);
  });

  test('takes words from their beginning only', () => {
    expect(found('iver')).toEqual([]);
    expect(found('liver kidney')).toEqual([]);
  });

  test('can be held to a category', () => {
    expect(found('blood')).toContain('Blood clot');
    expect(found('blood', '85756007')).toEqual(['Blood', 'Blood vessel']);
    expect(found('blood', 'nonsense')).toEqual([]);
  });

  test('of nothing gives every term', () => {
    expect(searchTerms('  ')).toEqual(CODED_TERMS);
  });
});
