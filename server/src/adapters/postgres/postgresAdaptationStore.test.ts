import { expect, test } from '@jest/globals';
import { adaptationStoreContract } from '../../../../test/contract/adaptationStore.ts';
import { promoted, type RegisteredTask } from '../../domain/task.ts';
import { migrateWorkspace } from './migrations.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';
import { PostgresAdaptationStore } from './postgresAdaptationStore.ts';
import { PostgresTaskRegistry } from './postgresTaskRegistry.ts';

adaptationStoreContract('PGlite', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  return { store: new PostgresAdaptationStore(database), close: () => database.close() };
});

test('a task is registered once, read as it was, and changed as a whole or not at all', async () => {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const registry = new PostgresTaskRegistry(database);
  const sha256 = 'ab'.repeat(32);
  const task: RegisteredTask = {
    description: {
      ...{ id: 'liver', title: 'Liver', method: 'samed', modalities: ['CT'], provenance: { seed: 1 } },
      base: { model: 'm', version: '1', encoderSha256: sha256 },
      classes: [],
      plan: { spacingMm: 2, cubeVoxels: 64, overlap: 0.5 },
      quality: {
        ...{ kind: 'cross-validation', folds: 2, cases: 2, patients: 2, meanDice: 0.5 },
        perClass: [{ label: 'Liver', dice: null, ci95: null }],
      },
    },
    files: {
      ...{ 'task.json': sha256, 'adapter.safetensors': sha256 },
      ...{ 'task_decoder.onnx': sha256, 'CARD.md': sha256 },
    },
    history: [{ state: 'candidate', at: '2026-01-01T00:00:00.000Z' }],
  };
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
