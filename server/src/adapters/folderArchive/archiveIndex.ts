import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import type { ArchiveScope, InstanceReference } from '../../ports/dicomWebArchive.ts';
import type { SqlDatabase, SqlSession } from '../../ports/sqlDatabase.ts';
import type { StoredFile } from './archiveFolder.ts';
import { attributesByLevel } from './attributeLevels.ts';
import type { InstanceRecord } from './instanceRecord.ts';
import { personWords } from './personWords.ts';

/** Raise it when the tables or what is written into them change: the index is then rebuilt from the files. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE archive_study (
    study_instance_uid text PRIMARY KEY,
    attributes jsonb NOT NULL,
    person_words jsonb NOT NULL
  );
  CREATE TABLE archive_series (
    study_instance_uid text NOT NULL REFERENCES archive_study ON DELETE CASCADE,
    series_instance_uid text NOT NULL,
    series_number double precision,
    attributes jsonb NOT NULL,
    person_words jsonb NOT NULL,
    PRIMARY KEY (study_instance_uid, series_instance_uid)
  );
  CREATE TABLE archive_instance (
    sop_instance_uid text PRIMARY KEY,
    study_instance_uid text NOT NULL,
    series_instance_uid text NOT NULL,
    sop_class_uid text NOT NULL,
    transfer_syntax_uid text NOT NULL,
    instance_number double precision,
    byte_size double precision NOT NULL,
    modified_ms double precision NOT NULL,
    attributes jsonb NOT NULL,
    person_words jsonb NOT NULL,
    metadata text NOT NULL,
    FOREIGN KEY (study_instance_uid, series_instance_uid) REFERENCES archive_series ON DELETE CASCADE
  );
  CREATE INDEX archive_instance_of_series ON archive_instance (study_instance_uid, series_instance_uid);
  CREATE TABLE archive_index_version (version integer NOT NULL);
  INSERT INTO archive_index_version VALUES (${SCHEMA_VERSION});
`;

const DROP = ['index_version', 'instance', 'series', 'study']
  .map(name => `DROP TABLE IF EXISTS archive_${name};`)
  .join('\n');

const REFERENCE = `study_instance_uid AS "studyInstanceUID", series_instance_uid AS "seriesInstanceUID",
  sop_instance_uid AS "sopInstanceUID", sop_class_uid AS "sopClassUID",
  transfer_syntax_uid AS "transferSyntaxUID", byte_size AS "byteSize"`;

const ORDER = `(SELECT series_number FROM archive_series s WHERE s.study_instance_uid = i.study_instance_uid
    AND s.series_instance_uid = i.series_instance_uid) NULLS LAST,
  series_instance_uid, instance_number NULLS LAST, sop_instance_uid`;

export interface IndexedInstance {
  readonly record: InstanceRecord;
  readonly modifiedMs: number;
}

/** What the database knows of the files. All of it can be read again from them. */
export class ArchiveIndex {
  constructor(readonly database: SqlDatabase) {}

  async prepare(): Promise<void> {
    const [table] = await this.database.query<{ present: boolean }>(
      `SELECT to_regclass('archive_index_version') IS NOT NULL AS present`,
    );
    if (table?.present) {
      const [row] = await this.database.query<{ version: number }>(
        'SELECT version FROM archive_index_version',
      );
      if (row?.version === SCHEMA_VERSION) return;
    }
    await this.database.execute(`BEGIN; ${DROP} ${SCHEMA} COMMIT;`);
  }

  /** Adds instances in one commit; the attributes of a known study or series stay as they are. */
  async add(instances: readonly IndexedInstance[]): Promise<void> {
    if (instances.length === 0) return;
    await this.database.transaction(async session => {
      for (const instance of instances) await insert(session, instance);
    });
  }

  async find(sopInstanceUID: string): Promise<InstanceReference | undefined> {
    const [row] = await this.database.query<InstanceReference>(
      `SELECT ${REFERENCE} FROM archive_instance WHERE sop_instance_uid = $1`,
      [sopInstanceUID],
    );
    return row;
  }

  /** In order of series and instance number. */
  async instances(scope: ArchiveScope): Promise<readonly InstanceReference[]> {
    const { where, parameters } = scopeClause(scope);
    return this.database.query<InstanceReference>(
      `SELECT ${REFERENCE} FROM archive_instance i WHERE ${where} ORDER BY ${ORDER}`,
      parameters,
    );
  }

  async countInstances(scope: ArchiveScope): Promise<number> {
    const { where, parameters } = scopeClause(scope);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM archive_instance i WHERE ${where}`,
      parameters,
    );
    return row?.count ?? 0;
  }

  /** DICOM JSON text of instances, by SOPInstanceUID. */
  async metadata(sopInstanceUIDs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query<{ uid: string; metadata: string }>(
      `SELECT sop_instance_uid AS uid, metadata FROM archive_instance
       WHERE sop_instance_uid IN (SELECT jsonb_array_elements_text($1::jsonb))`,
      [JSON.stringify(sopInstanceUIDs)],
    );
    return new Map(rows.map(row => [row.uid, row.metadata]));
  }

  async files(): Promise<readonly StoredFile[]> {
    return this.database.query<StoredFile>(
      `SELECT study_instance_uid AS "studyInstanceUID", series_instance_uid AS "seriesInstanceUID",
         sop_instance_uid AS "sopInstanceUID", byte_size AS "byteSize", modified_ms AS "modifiedMs"
       FROM archive_instance`,
    );
  }

  /** Forgets instances, and the series and studies that are empty then. */
  async remove(sopInstanceUIDs: readonly string[]): Promise<void> {
    if (sopInstanceUIDs.length === 0) return;
    await this.database.transaction(async session => {
      await session.query(
        'DELETE FROM archive_instance WHERE sop_instance_uid IN (SELECT jsonb_array_elements_text($1::jsonb))',
        [JSON.stringify(sopInstanceUIDs)],
      );
      await session.query(
        `DELETE FROM archive_series s WHERE NOT EXISTS (SELECT FROM archive_instance i
           WHERE i.study_instance_uid = s.study_instance_uid AND i.series_instance_uid = s.series_instance_uid)`,
      );
      await session.query(
        `DELETE FROM archive_study t WHERE NOT EXISTS (
           SELECT FROM archive_series s WHERE s.study_instance_uid = t.study_instance_uid)`,
      );
    });
  }
}

async function insert(session: SqlSession, { record, modifiedMs }: IndexedInstance): Promise<void> {
  const { study, series, instance } = attributesByLevel(record.dataset);
  const { studyInstanceUID, seriesInstanceUID } = record;
  await session.query('INSERT INTO archive_study VALUES ($1, $2::jsonb, $3::jsonb) ON CONFLICT DO NOTHING', [
    studyInstanceUID,
    ...jsonColumns(study),
  ]);
  await session.query(
    'INSERT INTO archive_series VALUES ($1, $2, $3, $4::jsonb, $5::jsonb) ON CONFLICT DO NOTHING',
    [studyInstanceUID, seriesInstanceUID, firstNumber(series, '00200011'), ...jsonColumns(series)],
  );
  await session.query(
    `INSERT INTO archive_instance VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11)`,
    [
      record.sopInstanceUID,
      studyInstanceUID,
      seriesInstanceUID,
      record.sopClassUID,
      record.transferSyntaxUID,
      firstNumber(instance, '00200013'),
      record.byteSize,
      modifiedMs,
      ...jsonColumns(instance),
      JSON.stringify(record.dataset),
    ],
  );
}

function jsonColumns(attributes: DicomJsonDataset): readonly [string, string] {
  return [JSON.stringify(attributes), JSON.stringify(personWords(attributes))];
}

function firstNumber(attributes: DicomJsonDataset, tag: string): number | null {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === 'number' ? value : null;
}

function scopeClause(scope: ArchiveScope): { where: string; parameters: readonly string[] } {
  const conditions: readonly (readonly [column: string, uid: string | undefined])[] = [
    ['study_instance_uid', scope.studyInstanceUID],
    ['series_instance_uid', scope.seriesInstanceUID],
    ['sop_instance_uid', scope.sopInstanceUID],
  ];
  const given = conditions.flatMap(([column, uid]) => (uid === undefined ? [] : [{ column, uid }]));
  return {
    where: given.map(({ column }, index) => `i.${column} = $${index + 1}`).join(' AND '),
    parameters: given.map(({ uid }) => uid),
  };
}
