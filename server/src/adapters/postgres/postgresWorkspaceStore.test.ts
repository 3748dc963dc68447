import { expect, test } from '@jest/globals';
import { workspaceStoreContract } from '../../../../test/contract/workspaceStore.ts';
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
