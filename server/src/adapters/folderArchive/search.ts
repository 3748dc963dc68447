import type { DicomJsonDataset, DicomJsonElement } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import type { ArchiveQuery, QueryLevel } from '../../ports/dicomWebArchive.ts';
import type { SqlSession } from '../../ports/sqlDatabase.ts';
import { levelOf } from './attributeLevels.ts';
import { matchCondition, type BindParameter } from './matchCondition.ts';

/** What comes back without being asked for (PS3.18 tables 10.6.3-3 to 10.6.3-5, and what viewers show). */
const DEFAULT_TAGS: Readonly<Record<QueryLevel, readonly string[]>> = {
  study: [
    ...['00080005', '00080020', '00080030', '00080050', '00080056', '00080061', '00080090', '00080201'],
    ...['00081030', '00100010', '00100020', '00100030', '00100040', '0020000D', '00200010', '00201206'],
    '00201208',
  ],
  series: [
    ...['00080005', '00080021', '00080031', '00080056', '00080060', '0008103E', '00180015', '0020000D'],
    ...['0020000E', '00200011', '00201209', '00400244', '00400245', '00400275'],
  ],
  instance: [
    ...['00080005', '00080016', '00080018', '00080056', '0020000D', '0020000E', '00200013', '00280008'],
    ...['00280010', '00280011', '00280100'],
  ],
};

const LEVELS: readonly QueryLevel[] = ['study', 'series', 'instance'];
const ALIAS: Readonly<Record<QueryLevel, string>> = { study: 't', series: 's', instance: 'i' };
const JOIN_SERIES = 's.study_instance_uid = t.study_instance_uid';
const JOIN_INSTANCE =
  'i.study_instance_uid = s.study_instance_uid AND i.series_instance_uid = s.series_instance_uid';
const FROM: Readonly<Record<QueryLevel, string>> = {
  study: 'archive_study t',
  series: `archive_study t JOIN archive_series s ON ${JOIN_SERIES}`,
  instance: `archive_study t JOIN archive_series s ON ${JOIN_SERIES} JOIN archive_instance i ON ${JOIN_INSTANCE}`,
};
const UID_COLUMNS: Readonly<Record<string, string>> = {
  '0020000D': 't.study_instance_uid',
  '0020000E': 's.series_instance_uid',
  '00080018': 'i.sop_instance_uid',
};
const COLUMNS: Readonly<Record<QueryLevel, string>> = {
  study: `t.attributes AS study,
    (SELECT jsonb_agg(DISTINCT s.attributes #> '{00080060,Value,0}') FROM archive_series s WHERE ${JOIN_SERIES})
      AS modalities,
    (SELECT count(*)::double precision FROM archive_series s WHERE ${JOIN_SERIES}) AS "seriesCount",
    (SELECT count(*)::double precision FROM archive_instance i
      WHERE i.study_instance_uid = t.study_instance_uid) AS "instanceCount"`,
  series: `t.attributes AS study, s.attributes AS series,
    (SELECT count(*)::double precision FROM archive_instance i WHERE ${JOIN_INSTANCE}) AS "instanceCount"`,
  instance: 't.attributes AS study, s.attributes AS series, i.attributes AS instance',
};
const ORDER: Readonly<Record<QueryLevel, string>> = {
  study: `t.attributes #>> '{00080020,Value,0}' DESC NULLS LAST, t.attributes #>> '{00080030,Value,0}' DESC NULLS LAST,
    t.study_instance_uid`,
  series: 't.study_instance_uid, s.series_number NULLS LAST, s.series_instance_uid',
  instance: `t.study_instance_uid, s.series_number NULLS LAST, s.series_instance_uid,
    i.instance_number NULLS LAST, i.sop_instance_uid`,
};

interface Row {
  readonly study: DicomJsonDataset;
  readonly series?: DicomJsonDataset;
  readonly instance?: DicomJsonDataset;
  readonly modalities?: readonly (string | null)[] | null;
  readonly seriesCount?: number;
  readonly instanceCount?: number;
}

/** @throws Problem invalid-request for a key that cannot be matched */
export async function search(session: SqlSession, query: ArchiveQuery): Promise<readonly DicomJsonDataset[]> {
  const parameters: unknown[] = [];
  const bind: BindParameter = value => `$${parameters.push(value)}`;
  const conditions = [
    ...(query.studyInstanceUID === undefined
      ? []
      : [`t.study_instance_uid = ${bind(query.studyInstanceUID)}`]),
    ...(query.seriesInstanceUID === undefined
      ? []
      : [`s.series_instance_uid = ${bind(query.seriesInstanceUID)}`]),
    ...[...query.matches].map(([tag, value]) => keyCondition(query, tag, value, bind)),
  ];
  const rows = await session.query<Row>(
    `SELECT ${COLUMNS[query.level]} FROM ${FROM[query.level]}
     WHERE ${conditions.length > 0 ? conditions.join(' AND ') : 'TRUE'}
     ORDER BY ${ORDER[query.level]} LIMIT ${bind(query.limit)} OFFSET ${bind(query.offset)}`,
    parameters,
  );
  const tags = returnedTags(query);
  return rows.map(row => pick(resultOf(row, query), tags));
}

function keyCondition(query: ArchiveQuery, tag: string, value: string, bind: BindParameter): string {
  // ModalitiesInStudy and SOPClassesInStudy are the Modality and SOPClassUID of what the study holds.
  const asked = tag === '00080061' ? '00080060' : tag === '00080062' ? '00080016' : tag;
  if (['00201206', '00201208', '00201209', '00080056', '00081190'].includes(tag)) {
    throw new Problem('invalid-request', `Attribute ${tag} cannot be matched.`, { tag });
  }
  const level = levelOf(asked);
  const inStudy = asked !== tag;
  const alias = inStudy ? `${ALIAS[level]}2` : ALIAS[level];
  const isJoined = !inStudy && LEVELS.indexOf(level) <= LEVELS.indexOf(query.level);
  const column = UID_COLUMNS[asked];
  const condition =
    column !== undefined && isJoined && value !== '' && value !== '*'
      ? `${column} IN (SELECT jsonb_array_elements_text(${bind(JSON.stringify(value.split(/[,\\]/)))}::jsonb))`
      : matchCondition({ alias, tag: asked, value, fuzzyMatching: query.fuzzyMatching }, bind);
  if (isJoined || condition === 'TRUE') return condition;
  // A key below the level that is asked for: one series or instance with it suffices.
  const ofSeries =
    query.level === 'series' && !inStudy ? `AND ${alias}.series_instance_uid = s.series_instance_uid` : '';
  return `EXISTS (SELECT FROM archive_${level} ${alias}
    WHERE ${alias}.study_instance_uid = t.study_instance_uid ${ofSeries} AND ${condition})`;
}

/** Attributes of the levels above come along only where the URL does not name them (PS3.18 10.6.3.3). */
function levelsReturned(query: ArchiveQuery): readonly QueryLevel[] {
  const above: Readonly<Record<QueryLevel, boolean>> = {
    study: query.studyInstanceUID === undefined,
    series: query.seriesInstanceUID === undefined,
    instance: false,
  };
  return LEVELS.slice(0, LEVELS.indexOf(query.level) + 1).filter(
    level => level === query.level || above[level],
  );
}

function returnedTags(query: ArchiveQuery): ReadonlySet<string> | 'all' {
  if (query.includeFields === 'all') return 'all';
  const defaults = levelsReturned(query).flatMap(level => DEFAULT_TAGS[level]);
  return new Set([...defaults, ...query.includeFields]);
}

function resultOf(row: Row, query: ArchiveQuery): DicomJsonDataset {
  const modalities = row.modalities?.filter(modality => modality !== null) ?? [];
  const computed: Record<string, DicomJsonElement> = { '00080056': { vr: 'CS', Value: ['ONLINE'] } };
  if (query.level === 'study') {
    computed['00080061'] = { vr: 'CS', Value: modalities };
    computed['00201206'] = { vr: 'IS', Value: [row.seriesCount ?? 0] };
    computed['00201208'] = { vr: 'IS', Value: [row.instanceCount ?? 0] };
  }
  if (query.level === 'series') computed['00201209'] = { vr: 'IS', Value: [row.instanceCount ?? 0] };
  return { ...row.study, ...row.series, ...row.instance, ...computed };
}

function pick(dataset: DicomJsonDataset, tags: ReadonlySet<string> | 'all'): DicomJsonDataset {
  const entries = Object.entries(dataset).filter(([tag]) => tags === 'all' || tags.has(tag));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
