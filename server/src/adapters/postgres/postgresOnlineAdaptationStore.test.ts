import { onlineAdaptationStoreContract } from '../../../../test/contract/onlineAdaptationStore.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresOnlineAdaptationStore } from './postgresOnlineAdaptationStore.ts';

onlineAdaptationStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return { store: new PostgresOnlineAdaptationStore(database), close: () => database.close() };
});
