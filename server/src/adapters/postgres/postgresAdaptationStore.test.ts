import { expect, test } from '@jest/globals';
import {
  adaptationStoreContract,
  newAdaptation,
  newTask,
} from '../../../../test/contract/adaptationStore.ts';
import { promoted } from '../../domain/task.ts';
import { adaptationRow } from './adaptationRow.ts';
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

test('a task with a graph of its own is read as it was registered', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const registry = new PostgresTaskRegistry(database);
  const sha256 = 'cd'.repeat(32);
  const files = {
    ...{ 'task.json': sha256, 'adapter.safetensors': sha256 },
    ...{ 'task_model.onnx': sha256, 'CARD.md': sha256 },
  };
  const task = { ...newTask('liver'), files };
  await registry.register(task);
  expect(await registry.load('liver')).toEqual(task);
  await database.close();
});

test('a job of before synthesis and parts could be chosen was learned without them', () => {
  const job = newAdaptation();
  const { steps, rank, seed, folds } = job.settings;
  expect(adaptationRow.parse({ ...job, settings: { steps, rank, seed, folds } })).toEqual(job);
});

test('the newest points of the curves are kept, and the newest lines of the log, however many points follow', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const store = new PostgresAdaptationStore(database, 3);
  const [job, other] = [newAdaptation(), newAdaptation()];
  await store.create(job);
  await store.create(other);
  const point = (step: number) => ({ at: job.createdAt, phase: 'fold 1', step, steps: 9 });
  await store.report(other.id, { ...point(1), loss: 0.5 });
  for (const line of ['a', 'b', 'c', 'd']) await store.report(job.id, { ...point(0), line });
  for (let step = 1; step <= 5; step++) await store.report(job.id, { ...point(step), loss: 0.5 });
  const kept = await store.reports(job.id);
  expect(kept.map(({ line, step }) => line ?? step)).toEqual(['b', 'c', 'd', 3, 4, 5]);
  expect(await store.reports(other.id)).toHaveLength(1);
  await database.close();
});
