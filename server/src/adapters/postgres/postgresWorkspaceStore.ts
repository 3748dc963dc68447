import { applyOperation, foldOperations, isEdit, type NewSegmentation } from '../../domain/applyOperation.ts';
import { Problem } from '../../domain/errors.ts';
import type { MaskSummary, Operation, Segmentation } from '../../domain/segmentation.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import type { SqlDatabase, SqlSession } from '../../ports/sqlDatabase.ts';
import type { SegmentationFilter, WorkspaceStore } from '../../ports/workspaceStore.ts';
import { FoldMemory } from './foldMemory.ts';
import { migrateWorkspace } from './migrations.ts';
import {
  bytesOfOperation,
  jsonOfBody,
  operationOfBody,
  operationOfRow,
  rowOfOperation,
  type OperationRow,
} from './operationRow.ts';

interface SegmentationRow {
  readonly id: string;
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly model_id: string;
  readonly created_at: Date;
  readonly image_sop_instance_uid: string | null;
  readonly image_frame_number: number | null;
}

/** The workspace in any database that speaks PostgreSQL: an append-only log of operations a segmentation. */
export class PostgresWorkspaceStore implements WorkspaceStore {
  private constructor(
    private readonly database: SqlDatabase,
    private readonly folds: FoldMemory,
  ) {}

  /** Creates or updates the tables first. */
  static async open(database: SqlDatabase, folds = new FoldMemory()): Promise<PostgresWorkspaceStore> {
    await migrateWorkspace(database);
    return new PostgresWorkspaceStore(database, folds);
  }

  async create(
    { id, series, modelId, createdAt }: NewSegmentation,
    operations: readonly Operation[] = [],
  ): Promise<void> {
    const rows = await Promise.all(operations.map(rowOfOperation));
    await this.database.transaction(async session => {
      await session.query('INSERT INTO segmentations VALUES ($1, $2, $3, $4, $5, $6, $7, now())', [
        ...[id, series.studyInstanceUID, series.seriesInstanceUID, modelId, createdAt],
        ...[series.image?.sopInstanceUID ?? null, series.image?.frameNumber ?? null],
      ]);
      await insertOperations(session, id, 0, rows);
    });
  }

  async list(filter: SegmentationFilter): Promise<readonly Segmentation<MaskSummary>[]> {
    const rows = await this.database.query<SegmentationRow>(
      `SELECT * FROM segmentations
       WHERE ($1::text IS NULL OR study_instance_uid = $1) AND ($2::text IS NULL OR series_instance_uid = $2)
         AND ($3::text IS NULL OR (image_sop_instance_uid = $3 AND coalesce(image_frame_number, 1) = $4))
       ORDER BY edited_at DESC, created_at DESC, id LIMIT $5 OFFSET $6`,
      [
        ...[filter.studyInstanceUID ?? null, filter.seriesInstanceUID ?? null],
        ...[filter.image?.sopInstanceUID ?? null, filter.image?.frameNumber ?? 1],
        ...[filter.limit, filter.offset],
      ],
    );
    const logs = new Map(rows.map(row => [row.id, [] as Operation<MaskSummary>[]]));
    const operations = await this.database.query<{ segmentation_id: string; body: unknown }>(
      'SELECT segmentation_id, body FROM operations WHERE segmentation_id = ANY($1::uuid[]) ORDER BY version',
      [[...logs.keys()]],
    );
    for (const { segmentation_id: id, body } of operations) logs.get(id)?.push(operationOfBody(body));
    return rows.map(row => foldOperations(startOf(row), logs.get(row.id) ?? []));
  }

  async load(id: string, version?: number): Promise<Segmentation> {
    const rows = await this.database.query<SegmentationRow>('SELECT * FROM segmentations WHERE id = $1', [
      id,
    ]);
    const row = rows[0];
    if (row) return this.fold(row, version);
    this.folds.forget(id);
    throw segmentationNotFound();
  }

  async append(id: string, expectedVersion: number, operations: readonly Operation[]): Promise<void> {
    const rows = await Promise.all(operations.map(rowOfOperation));
    await this.database.transaction(async session => {
      const version = await lockVersion(session, id);
      if (version !== expectedVersion) {
        throw new Problem('edit-conflict', 'Read the segmentation again and repeat what you did.', {
          ...{ expectedVersion, version },
        });
      }
      await insertOperations(session, id, expectedVersion, rows);
      if (!operations.some(isEdit)) return;
      await session.query('UPDATE segmentations SET edited_at = now() WHERE id = $1', [id]);
    });
  }

  async remove(id: string): Promise<void> {
    await this.database.transaction(async session => {
      const removed = await session.query('DELETE FROM segmentations WHERE id = $1 RETURNING id', [id]);
      if (removed.length === 0) throw segmentationNotFound();
    });
    this.folds.forget(id);
  }

  /** Masks are most of a log, and slow to read. */
  private async fold(row: SegmentationRow, version?: number): Promise<Segmentation> {
    const known = this.folds.get(row.id, version);
    const start = known?.segmentation ?? foldOperations(startOf(row), []);
    const rows = await this.database.query<OperationRow>(
      `SELECT body, mask FROM operations
       WHERE segmentation_id = $1 AND version > $2 AND ($3::integer IS NULL OR version <= $3) ORDER BY version`,
      [row.id, start.version, version ?? null],
    );
    const operations = await Promise.all(rows.map(operationOfRow));
    const segmentation = operations.reduce<Segmentation>(applyOperation, start);
    const bytes = operations.reduce((sum, operation) => sum + bytesOfOperation(operation), known?.bytes ?? 0);
    if (version === undefined) this.folds.keep({ segmentation, bytes });
    return segmentation;
  }
}

function startOf(row: SegmentationRow): NewSegmentation {
  return {
    id: row.id,
    series: seriesOf(row),
    modelId: row.model_id,
    createdAt: row.created_at.toISOString(),
  };
}

function seriesOf(row: SegmentationRow): SeriesReference {
  const series = { studyInstanceUID: row.study_instance_uid, seriesInstanceUID: row.series_instance_uid };
  const { image_sop_instance_uid: sopInstanceUID, image_frame_number: frameNumber } = row;
  if (sopInstanceUID === null) return series;
  return { ...series, image: { sopInstanceUID, ...(frameNumber !== null && { frameNumber }) } };
}

/** Behind the first `version` operations. */
async function insertOperations(
  session: SqlSession,
  id: string,
  version: number,
  rows: readonly OperationRow[],
): Promise<void> {
  for (const [index, { body, mask }] of rows.entries()) {
    await session.query(
      'INSERT INTO operations (segmentation_id, version, body, mask) VALUES ($1, $2, $3, $4)',
      [id, version + index + 1, jsonOfBody(body), mask],
    );
  }
}

/** The number of operations; no other transaction appends to this segmentation until this one ends. */
async function lockVersion(session: SqlSession, id: string): Promise<number> {
  const found = await session.query('SELECT id FROM segmentations WHERE id = $1 FOR UPDATE', [id]);
  if (found.length === 0) throw segmentationNotFound();
  const rows = await session.query<{ version: number }>(
    'SELECT coalesce(max(version), 0)::int AS version FROM operations WHERE segmentation_id = $1',
    [id],
  );
  return rows[0]?.version ?? 0;
}

function segmentationNotFound(): Problem {
  return new Problem('segmentation-not-found', 'List the segmentations, or create one: this id has none.');
}
