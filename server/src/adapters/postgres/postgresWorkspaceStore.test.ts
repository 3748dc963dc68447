import { expect, test } from '@jest/globals';
import { workspaceStoreContract } from '../../../../test/contract/workspaceStore.ts';
import type { Operation } from '../../domain/segmentation.ts';
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
