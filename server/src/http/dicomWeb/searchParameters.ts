import { z } from 'zod';
import { uidSchema } from '../../contract/identifiers.ts';
import { Problem } from '../../domain/errors.ts';
import { tagOf } from '../../formats/dicomDictionary.ts';
import type { ArchiveQuery, QueryLevel } from '../../ports/dicomWebArchive.ts';
import { parseParameters } from '../validation.ts';

/** Results of one search; who wants more asks for the next page. */
export const MAX_RESULTS = 10_000;

const scopeSchema = z.object({
  studyInstanceUID: uidSchema.optional(),
  seriesInstanceUID: uidSchema.optional(),
});
const pagingSchema = z.object({
  limit: z.coerce.number().int().min(0).default(MAX_RESULTS),
  offset: z.coerce.number().int().min(0).default(0),
  fuzzymatching: z.enum(['true', 'false']).default('false'),
});
/** Parameters that are no matching keys. */
const RESERVED = new Set(['limit', 'offset', 'fuzzymatching', 'includefield', 'accept', 'charset']);

/**
 * The search that a QIDO-RS request asks for (PS3.18 8.3.4). Parameters that are neither keyword nor tag are ignored.
 * @throws Problem invalid-request
 */
export function parseSearch(
  level: QueryLevel,
  pathParameters: unknown,
  query: URLSearchParams,
): ArchiveQuery {
  const { studyInstanceUID, seriesInstanceUID } = parseParameters(scopeSchema, pathParameters);
  const paging = parseParameters(pagingSchema, Object.fromEntries(query));
  return {
    level,
    ...(studyInstanceUID !== undefined && { studyInstanceUID }),
    ...(seriesInstanceUID !== undefined && { seriesInstanceUID }),
    matches: parseMatches(query),
    fuzzyMatching: paging.fuzzymatching === 'true',
    includeFields: parseIncludeFields(query),
    limit: Math.min(paging.limit, MAX_RESULTS),
    offset: paging.offset,
  };
}

function parseMatches(query: URLSearchParams): ReadonlyMap<string, string> {
  const matches = new Map<string, string>();
  for (const name of new Set(query.keys())) {
    if (RESERVED.has(name)) continue;
    if (name.includes('.')) {
      throw new Problem('invalid-request', 'Attributes inside sequences cannot be matched.', {
        parameter: name,
      });
    }
    const tag = tagOf(name);
    if (tag === undefined) continue;
    // UIDs may come as a list in one parameter or in several (PS3.18 8.3.4.1).
    const value = query.getAll(name).join(',');
    if (value.includes('\0')) {
      throw new Problem('invalid-request', 'No attribute holds the character 0.', { parameter: name });
    }
    matches.set(tag, value);
  }
  return matches;
}

function parseIncludeFields(query: URLSearchParams): 'all' | readonly string[] {
  const names = query.getAll('includefield').flatMap(value => value.split(','));
  if (names.includes('all')) return 'all';
  return names.map(tagOf).filter(tag => tag !== undefined);
}
