import { z } from 'zod';
import { termListSchema, type TermList } from '../../contract/terms.ts';
import type { CodedTerm } from '../../domain/codedTerm.ts';
import { CATEGORIES, MODIFIERS } from '../../domain/terminology.ts';
import { searchTerms } from '../../domain/termSearch.ts';
import { defineRoute } from '../route.ts';
import { JSON_MEDIA_TYPE } from './vocabulary.ts';

export const listTerms = defineRoute(
  {
    ...{ method: 'get', path: '/api/v1/terms', operationId: 'listTerms' },
    summary: 'Coded terms for what a segment shows',
    description:
      'A segment whose label is the meaning of a term, or one of its other names, is coded by it in every object ' +
      'that is written; a finding takes the place that its label names ("liver cyst").',
    query: z.object({
      query: z
        .string()
        .max(64)
        .default('')
        .meta({ description: 'Beginnings of words of a name; all terms when empty' }),
      category: z.string().max(64).optional().meta({ description: 'Code value of a category' }),
      limit: z.coerce.number<string>().pipe(z.int().min(1).max(500)).default(50),
    }),
    responses: {
      200: { description: 'The terms, best first', content: { [JSON_MEDIA_TYPE]: termListSchema } },
    },
    problems: ['invalid-request'],
  },
  ({ query: { query, category, limit }, response }) => {
    const terms = searchTerms(query, category).slice(0, limit).map(termView);
    response.json({
      terms,
      categories: CATEGORIES.map(code => ({ ...code })),
      modifiers: MODIFIERS.map(code => ({ ...code })),
    } satisfies TermList);
  },
);

function termView({
  code,
  category,
  otherNames,
  isPaired,
  recommendedColour,
}: CodedTerm): TermList['terms'][number] {
  return {
    ...{ code: { ...code }, category: { ...category }, otherNames: [...otherNames] },
    ...{ isPaired, recommendedColour: [...recommendedColour] },
  };
}
