import type { SqlDatabase } from '../../ports/sqlDatabase.ts';

/** Schema changes in the order in which they were made; an entry never changes once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE segmentations (
     id uuid PRIMARY KEY,
     study_instance_uid text NOT NULL,
     series_instance_uid text NOT NULL,
     model_id text NOT NULL,
     created_at timestamptz NOT NULL
   );
   CREATE INDEX segmentations_by_series ON segmentations (series_instance_uid, study_instance_uid);
   CREATE TABLE operations (
     segmentation_id uuid NOT NULL REFERENCES segmentations ON DELETE CASCADE,
     version integer NOT NULL CHECK (version > 0),
     body jsonb NOT NULL,
     mask bytea,
     applied_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (segmentation_id, version)
   );`,
  `ALTER TABLE segmentations ADD COLUMN image_sop_instance_uid text, ADD COLUMN image_frame_number integer;`,
  `CREATE TABLE adaptations (
     id uuid PRIMARY KEY,
     created_at timestamptz NOT NULL,
     method text NOT NULL,
     state text NOT NULL,
     lease_expires_ms bigint,
     body jsonb NOT NULL
   );
   CREATE INDEX adaptations_waiting ON adaptations (created_at) WHERE state = 'queued';
   CREATE TABLE training_reports (
     adaptation_id uuid NOT NULL REFERENCES adaptations ON DELETE CASCADE,
     number bigint GENERATED ALWAYS AS IDENTITY,
     body jsonb NOT NULL,
     PRIMARY KEY (adaptation_id, number)
   );
   CREATE TABLE tasks (
     id text PRIMARY KEY,
     registered_at timestamptz NOT NULL,
     body jsonb NOT NULL
   );`,
  `CREATE TABLE exemplar_sets (
     id uuid PRIMARY KEY,
     created_at timestamptz NOT NULL,
     body jsonb NOT NULL
   );`,
  `CREATE TABLE online_adaptations (
     id uuid PRIMARY KEY,
     tenant text NOT NULL,
     user_group text NOT NULL,
     task text NOT NULL,
     modality text NOT NULL,
     model_id text NOT NULL,
     model_version text NOT NULL,
     updated_at timestamptz NOT NULL,
     body jsonb NOT NULL,
     evidence bytea NOT NULL,
     UNIQUE (tenant, user_group, task, modality, model_id, model_version)
   );`,
  `CREATE TABLE annotation_rankings (
     id uuid PRIMARY KEY,
     tenant text NOT NULL,
     user_group text NOT NULL,
     created_at timestamptz NOT NULL,
     has_ended boolean NOT NULL,
     body jsonb NOT NULL
   );
   CREATE INDEX annotation_rankings_open ON annotation_rankings (created_at) WHERE NOT has_ended;`,
  `CREATE TABLE online_lessons (
     tenant text NOT NULL,
     user_group text NOT NULL,
     segmentation_id uuid NOT NULL,
     segment_number integer NOT NULL,
     version integer NOT NULL,
     task text NOT NULL,
     modality text NOT NULL,
     model_id text NOT NULL,
     model_version text NOT NULL,
     tries integer NOT NULL,
     number bigint GENERATED ALWAYS AS IDENTITY,
     PRIMARY KEY (tenant, user_group, segmentation_id, segment_number, version)
   );`,
  `ALTER TABLE segmentations ADD COLUMN edited_at timestamptz;
   UPDATE segmentations s SET edited_at = coalesce(
     (SELECT max(applied_at) FROM operations o WHERE o.segmentation_id = s.id
        AND o.body ->> 'kind' NOT IN ('stored', 'report-stored', 'structure-set-stored')),
     created_at);
   ALTER TABLE segmentations ALTER COLUMN edited_at SET NOT NULL;`,
];

/**
 * Brings the tables of the workspace to the newest version.
 * @throws Error when a newer Tomoclick has already changed them
 */
export async function migrateWorkspace(database: SqlDatabase): Promise<void> {
  await database.execute('CREATE TABLE IF NOT EXISTS workspace_schema_version (version integer NOT NULL)');
  const rows = await database.query<{ version: number }>('SELECT version FROM workspace_schema_version');
  const version = rows[0]?.version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new Error(
      `The data folder was written by a newer Tomoclick (schema ${version}; this one knows ${MIGRATIONS.length}). ` +
        'Start that version, or choose another folder (TOMOCLICK_HOME).',
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    // One simple query with several statements is one transaction.
    await database.execute(
      `BEGIN; ${statements}
       DELETE FROM workspace_schema_version;
       INSERT INTO workspace_schema_version VALUES (${index + 1});
       COMMIT;`,
    );
  }
}
