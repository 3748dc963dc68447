import { expect, test } from '@jest/globals';
import type { TermList } from '@tomoclick/server/contract';
import { termChoicesOf } from './termChoice.ts';

const code = (meaning: string): TermList['terms'][number]['code'] => ({ value: '1', scheme: 'SCT', meaning });
const term = (meaning: string, isPaired: boolean): TermList['terms'][number] => ({
  ...{ code: code(meaning), category: code('Anatomical Structure'), isPaired },
  ...{ otherNames: [], recommendedColour: [1, 2, 3] },
});

test('a term of which there are two is offered with each side as well', () => {
  const choices = termChoicesOf([term('Liver', false), term('Kidney', true), term('IVC', true)]);
  expect(choices.map(({ label }) => label)).toEqual([
    ...['Liver', 'Kidney', 'Left kidney', 'Right kidney'],
    ...['IVC', 'Left IVC', 'Right IVC'],
  ]);
  expect(choices[0]?.category).toBe('Anatomical Structure');
});
