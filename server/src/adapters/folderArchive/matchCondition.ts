import { Problem } from '../../domain/errors.ts';
import { dictionaryVr } from '../../formats/dicomDictionary.ts';
import { nameWords } from './personWords.ts';

/** Adds a parameter to a statement and says how it is called there. */
export type BindParameter = (value: unknown) => string;

/** A table with the columns `attributes` and `person_words`, by its alias. */
export interface MatchKey {
  readonly alias: string;
  /** Eight capital hexadecimal digits (they go into the SQL text). */
  readonly tag: string;
  readonly value: string;
  readonly fuzzyMatching: boolean;
}

const RANGE_VRS = new Set(['DA', 'TM', 'DT']);
const NUMBER_VRS = new Set(['IS', 'DS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD', 'SV', 'UV', 'xs']);
const UNMATCHABLE_VRS = new Set(['SQ', 'OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN', 'ox', 'lt']);

/**
 * SQL condition of one matching key (PS3.4 C.2.2.2 by way of PS3.18 8.3.4). Text matches whatever its case, which
 * the standard asks for person names only.
 * @throws Problem invalid-request
 */
export function matchCondition(key: MatchKey, bind: BindParameter): string {
  if (!/^[\dA-F]{8}$/.test(key.tag)) throw new Error('a key is matched by its tag');
  // Universal matching: everything, also what lacks the attribute (PS3.4 C.2.2.2.3).
  if (/^\**$/.test(key.value)) return 'TRUE';
  const vr = dictionaryVr(key.tag) ?? 'LO';
  if (UNMATCHABLE_VRS.has(vr)) {
    throw new Problem('invalid-request', `Attribute ${key.tag} cannot be matched.`, { tag: key.tag });
  }
  if (vr === 'PN') return personCondition(key, bind);
  return anyValue(key, 'Value[*]', valueCondition(vr, key, bind));
}

function valueCondition(vr: string, key: MatchKey, bind: BindParameter): string {
  if (RANGE_VRS.has(vr)) return rangeCondition(vr, key.value, bind);
  if (NUMBER_VRS.has(vr)) {
    const number = Number(key.value);
    if (!Number.isFinite(number)) {
      throw new Problem('invalid-request', `Attribute ${key.tag} is matched by a number.`, { tag: key.tag });
    }
    return `v = ${bind(JSON.stringify(number))}::jsonb`;
  }
  if (vr === 'UI') return `v #>> '{}' IN (${texts(key.value.split(/[,\\]/), bind)})`;
  // Lists of modalities come with commas from OHIF, with backslashes from others.
  const values = key.value.split(vr === 'CS' ? /[,\\]/ : /\\/);
  return `v #>> '{}' ILIKE ANY (ARRAY(${texts(values.map(likePattern), bind)}))`;
}

function personCondition(key: MatchKey, bind: BindParameter): string {
  const pattern = likePattern(key.value.replace(/\^+$/, ''));
  const literal = anyValue(key, 'Value[*].*', `v #>> '{}' ILIKE ${bind(pattern)}`);
  const words = nameWords(key.value).trim();
  if (!key.fuzzyMatching || words === '') return literal;
  const starts = words
    .split(' ')
    .map(word => `${key.alias}.person_words ->> '${key.tag}' LIKE ${bind(`% ${escapeLike(word)}%`)}`);
  return `(${literal} OR (${starts.join(' AND ')}))`;
}

/** `a-b`, `a-`, `-b` or one value; a time matches all that it is the beginning of. */
function rangeCondition(vr: string, value: string, bind: BindParameter): string {
  const [from, to] = splitRange(value);
  const text = `v #>> '{}'`;
  if (to === undefined) {
    return vr === 'DA' ? `${text} = ${bind(from)}` : `${text} LIKE ${bind(`${escapeLike(from ?? '')}%`)}`;
  }
  const conditions = [
    ...(from ? [`${text} >= ${bind(from)}`] : []),
    ...(to ? [`left(${text}, ${to.length}) <= ${bind(to)}`] : []),
  ];
  return conditions.length > 0 ? conditions.join(' AND ') : 'TRUE';
}

function splitRange(value: string): readonly [string | undefined, string | undefined] {
  // Dates and times were once written with dots and colons (PS3.5 6.2, ACR-NEMA).
  const plain = value.replace(/(?<=\d)[.:](?=\d\d[.:-]|\d\d$)/g, '');
  const dash = plain.indexOf('-');
  return dash < 0 ? [plain, undefined] : [plain.slice(0, dash), plain.slice(dash + 1)];
}

function anyValue({ alias, tag }: MatchKey, path: string, condition: string): string {
  return `EXISTS (SELECT FROM jsonb_path_query(${alias}.attributes, '$."${tag}".${path}') v WHERE ${condition})`;
}

function texts(values: readonly string[], bind: BindParameter): string {
  const trimmed = values.map(value => value.trim()).filter(value => value !== '');
  return `SELECT jsonb_array_elements_text(${bind(JSON.stringify(trimmed))}::jsonb)`;
}

function likePattern(value: string): string {
  return escapeLike(value).replaceAll('*', '%').replaceAll('?', '_');
}

function escapeLike(value: string): string {
  return value.replace(/[\\%_]/g, '\\$&');
}
