import { annotationRankingStoreContract } from '../../../../test/contract/annotationRankingStore.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresAnnotationRankingStore } from './postgresAnnotationRankingStore.ts';

annotationRankingStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return { store: new PostgresAnnotationRankingStore(database), close: () => database.close() };
});
