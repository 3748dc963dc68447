import { exemplarSetStoreContract } from '../../../../test/contract/exemplarSetStore.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresExemplarSetStore } from './postgresExemplarSetStore.ts';

exemplarSetStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return { store: new PostgresExemplarSetStore(database), close: () => database.close() };
});
