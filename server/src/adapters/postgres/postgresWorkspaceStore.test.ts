import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { workspaceStoreContract } from '../../../../test/contract/workspaceStore.ts';
import type { Operation } from '../../domain/segmentation.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import { FoldMemory } from './foldMemory.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresWorkspaceStore } from './postgresWorkspaceStore.ts';

workspaceStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  return { store: await PostgresWorkspaceStore.open(database), close: () => database.close() };
});

test('a database of a newer version is refused, not touched', async () => {
  const database = await openPgliteDatabase();
  await PostgresWorkspaceStore.open(database);
  await database.execute('UPDATE workspace_schema_version SET version = 1000');
  await expect(PostgresWorkspaceStore.open(database)).rejects.toThrow('newer Tomoclick');
  await database.close();
});

test('what was edited before edits had a time is listed by the times of its operations', async () => {
  const database = await openPgliteDatabase();
  const store = await PostgresWorkspaceStore.open(database);
  const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
  const ids = await Promise.all(
    [1, 2, 3].map(async day => {
      const id = crypto.randomUUID();
      await store.create({ id, series, modelId: 'a-model', createdAt: `2026-01-0${day}T00:00:00.000Z` });
      return id;
    }),
  );
  const [editedLast, saved, untouched] = ids as [string, string, string];
  const where = { seriesInstanceUID: '1.9', sopInstanceUID: '1.9.1' };
  const added: Operation = {
    ...{ kind: 'segment-added', segmentNumber: 1, label: 'Liver', colour: [1, 2, 3], trackingUID: '2.25.1' },
  };
  await store.append(editedLast, 0, [added]);
  await store.append(saved, 0, [added, { kind: 'stored', ...where }]);
  await database.execute(
    `UPDATE operations SET applied_at = '2026-01-05' WHERE segmentation_id = '${editedLast}';
     UPDATE operations SET applied_at = '2026-01-04' WHERE segmentation_id = '${saved}' AND version = 1;
     UPDATE operations SET applied_at = '2026-01-06' WHERE segmentation_id = '${saved}' AND version = 2;
     ALTER TABLE segmentations DROP COLUMN edited_at;
     UPDATE workspace_schema_version SET version = 7;`,
  );
  const migrated = await PostgresWorkspaceStore.open(database);
  const listed = await migrated.list({ limit: 3, offset: 0 });
  expect(listed.map(({ id }) => id)).toEqual([editedLast, saved, untouched]);
  await database.close();
});

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const MASK_BYTES = 1000;

function clicked(n: number): Operation {
  const promptId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const mask = { voxelCount: n, volumeMl: n, runLength: new Uint8Array(MASK_BYTES).fill(n) };
  const prompt = { kind: 'point', pointLps: [n, 0, 0], polarity: 'include' } as const;
  return {
    kind: 'step-added',
    segmentNumber: 1,
    step: { kind: 'prompt', promptId, prompt, predictedIou: 0.5, mask },
  };
}

/** A database that counts the masks which are read from it. */
function countingMasks(database: SqlDatabase): SqlDatabase & { masksRead: number } {
  return {
    masksRead: 0,
    async query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> {
      const rows = await database.query<Row>(sql, parameters);
      this.masksRead += rows.filter(row => 'mask' in row && row.mask !== null).length;
      return rows;
    },
    execute: sql => database.execute(sql),
    transaction: work => database.transaction(work),
    close: () => database.close(),
  };
}

describe('a session of many clicks', () => {
  let database: ReturnType<typeof countingMasks>;

  beforeAll(async () => {
    database = countingMasks(await openPgliteDatabase());
  });

  afterAll(() => database.close());

  async function longSession(
    folds?: FoldMemory,
  ): Promise<{ readonly store: PostgresWorkspaceStore; readonly id: string }> {
    database.masksRead = 0;
    const store = await PostgresWorkspaceStore.open(database, folds);
    const id = crypto.randomUUID();
    await store.create({ id, series: SERIES, modelId: 'a-model', createdAt: '2026-01-01T00:00:00.000Z' }, [
      { kind: 'segment-added', segmentNumber: 1, label: 'Liver', colour: [1, 2, 3], trackingUID: '2.25.1' },
    ]);
    for (let n = 1; n <= 20; n++) {
      const { version } = await store.load(id);
      await store.append(id, version, [clicked(n)]);
    }
    return { store, id };
  }

  test('reads each mask once: the next click waits no longer than the first', async () => {
    const { store, id } = await longSession();
    const { segments } = await store.load(id);
    expect(segments[0]!.steps).toHaveLength(20);
    expect(database.masksRead).toBe(20);
  });

  test('is read as a whole where it is longer than what may be remembered', async () => {
    const { store, id } = await longSession(new FoldMemory(5 * MASK_BYTES));
    expect((await store.load(id)).segments[0]!.steps).toHaveLength(20);
    expect(database.masksRead).toBeGreaterThan(20);
  });

  test('reads the same as a server that has just started, at every version', async () => {
    const { store, id } = await longSession();
    const started = await PostgresWorkspaceStore.open(database);
    for (const version of [undefined, 0, 7, 21]) {
      expect(await store.load(id, version)).toEqual(await started.load(id, version));
    }
  });

  test('sees what another process has appended, and that it has removed all', async () => {
    const { store, id } = await longSession();
    const other = await PostgresWorkspaceStore.open(database);
    const { version } = await store.load(id);
    await other.append(id, version, [{ kind: 'undone', segmentNumber: 1 }]);
    expect((await store.load(id)).segments[0]).toMatchObject({ cursor: 19 });
    await other.remove(id);
    await expect(store.load(id)).rejects.toMatchObject({ code: 'segmentation-not-found' });
  });
});
