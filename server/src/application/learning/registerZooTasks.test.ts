import { beforeEach, expect, test } from '@jest/globals';
import { Problem } from '../../domain/errors.ts';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import { retired, taskStateOf, type RegisteredTask, type TaskDescription } from '../../domain/task.ts';
import type { Learning } from './learning.ts';
import { registerZooTasks } from './registerZooTasks.ts';

const OLD = '0'.repeat(64);
const NEW = '1'.repeat(64);
const code = { value: '1', scheme: 'SCT', meaning: 'Liver' };
const path = { 'task.json': 't', 'adapter.safetensors': 'a', 'task_decoder.onnx': 'd', 'CARD.md': 'c' };

/** Of the base that the server has. */
let encoderSha256: string;
/** Of the base that the package in the zoo is made for. */
let packaged: string;
let registry: Map<string, RegisteredTask>;
let refused: string[];

beforeEach(() => {
  [encoderSha256, packaged] = [OLD, OLD];
  registry = new Map();
  refused = [];
});

function described(sha256: string): TaskDescription {
  return {
    ...{ id: 'liver', title: `Liver of ${sha256}`, method: 'samed', modalities: ['CT'], provenance: {} },
    base: { model: SMALL_MODEL.id, version: '1', encoderSha256: sha256 },
    classes: [{ label: 'Liver', category: code, type: code }],
    plan: { spacingMm: 1, cubeVoxels: 64, overlap: 0.5 },
    quality: { kind: 'cross-validation', folds: 2, cases: 2, patients: 2, perClass: [], meanDice: 0 },
  };
}

/** As at a start of the server. */
async function start(): Promise<RegisteredTask | undefined> {
  const learning = {
    tasks: {
      list: () => Promise.resolve([...registry.values()]),
      register: (task: RegisteredTask) => {
        const isNew = !registry.has(task.description.id);
        if (isNew) registry.set(task.description.id, task);
        return Promise.resolve(isNew);
      },
      update: (id: string, change: (task: RegisteredTask) => RegisteredTask) => {
        const changed = change(registry.get(id)!);
        registry.set(id, changed);
        return Promise.resolve(changed);
      },
    },
    packages: {
      read: () =>
        packaged === encoderSha256
          ? Promise.resolve(described(packaged))
          : Promise.reject(new Problem('invalid-task-package', 'It was made for other weights.')),
    },
    files: { put: () => Promise.resolve(packaged) },
    workspace: {
      zoo: {
        get: (id: string) => {
          if (id !== SMALL_MODEL.id) throw new Problem('model-not-found', 'It is not here.');
          const adaptableEncoder = { data: { sha256: encoderSha256 } };
          return { ...SMALL_MODEL, adaptableEncoder };
        },
      },
    },
    nowMs: () => 0,
  } as unknown as Learning;
  const open = (): AsyncIterable<Uint8Array> => ({}) as AsyncIterable<Uint8Array>;
  await registerZooTasks([{ id: 'liver', paths: path }], learning, open, id => refused.push(id));
  return registry.get('liver');
}

test('a package of the zoo that is there for another base takes the place of the one that cannot run any more', async () => {
  await start();
  [encoderSha256, packaged] = [NEW, NEW];
  const task = await start();
  expect(task?.description.title).toBe(`Liver of ${NEW}`);
  expect(task?.files).toMatchObject({ 'task_decoder.onnx': NEW });
  expect(taskStateOf(task!)).toBe('promoted');
  registry.set('liver', retired(task!, '2026-01-01T00:00:00.000Z'));
  [encoderSha256, packaged] = [OLD, OLD];
  const replaced = await start();
  expect(replaced?.description.title).toBe(`Liver of ${OLD}`);
  expect(taskStateOf(replaced!)).toBe('retired');
  expect(refused).toEqual([]);
});

test('a task that runs stays as it is, and one that a job has made; what fits no base is told at each start', async () => {
  const task = await start();
  expect(await start()).toBe(task);
  encoderSha256 = NEW;
  expect(await start()).toBe(task);
  expect(refused).toEqual(['liver']);
  packaged = NEW;
  const learned = { ...task!, adaptationId: 'job' };
  registry.set('liver', learned);
  expect(await start()).toBe(learned);
});
