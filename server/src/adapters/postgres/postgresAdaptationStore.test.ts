import { expect, test } from '@jest/globals';
import { adaptationStoreContract, newTask } from '../../../../test/contract/adaptationStore.ts';
import { promoted } from '../../domain/task.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresAdaptationStore } from './postgresAdaptationStore.ts';
import { PostgresTaskRegistry } from './postgresTaskRegistry.ts';

adaptationStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return {
    store: new PostgresAdaptationStore(database),
    tasks: new PostgresTaskRegistry(database),
    close: () => database.close(),
  };
});

test('a task is registered once, read as it was, and changed as a whole or not at all', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const registry = new PostgresTaskRegistry(database);
  const task = newTask('liver');
  expect(await registry.register(task)).toBe(true);
  expect(await registry.register({ ...task, adaptationId: 'other' })).toBe(false);
  expect(await registry.load('liver')).toEqual(task);
  const changed = await registry.update('liver', before => promoted(before, '2026-01-02T00:00:00.000Z'));
  expect(await registry.list()).toEqual([changed]);
  await expect(registry.update('liver', before => promoted(before, ''))).rejects.toThrow('wrong-state');
  expect(await registry.load('liver')).toEqual(changed);
  await expect(registry.load('spleen')).rejects.toThrow('task-not-found');
  await database.close();
});
