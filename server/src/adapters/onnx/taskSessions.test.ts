import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Problem } from '../../domain/errors.ts';
import type { AdaptableEncoder, ModelManifest } from '../../domain/modelManifest.ts';
import { codesOfLabel } from '../../domain/segmentDescription.ts';
import { mapPackage, type TaskPackage } from '../../domain/taskPackage.ts';
import type { TaskModel, TaskModelFile } from '../../ports/taskEngine.ts';
import { onnxModel } from './fixtures/onnxGraph.ts';
import { always, entry } from './fixtures/tinyModel.ts';
import {
  sha256Of,
  TASK_SIDE,
  tinyAdapter,
  tinyDecoder,
  tinyGraphPackage,
  tinyPackage,
  tinyTaskGraph,
  writeAdaptableModel,
} from './fixtures/tinyTask.ts';
import { readModelZoo } from './folderModelZoo.ts';
import { FolderTaskPackages } from './folderTaskPackages.ts';
import { OnnxEngine } from './onnxEngine.ts';

const VOXELS = TASK_SIDE ** 3;
let folder: string;
let base: ModelManifest & { readonly adaptableEncoder: AdaptableEncoder };
let engine: OnnxEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tomoclick-task-'));
  await writeAdaptableModel(folder, 'tiny');
  const model = (await readModelZoo(folder)).get('tiny');
  base = { ...model, adaptableEncoder: model.adaptableEncoder! };
  engine = new OnnxEngine({ entry });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, bytes: Uint8Array): Promise<TaskModelFile> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, sha256: sha256Of(bytes) };
}

interface TaskFiles {
  readonly adapter: TaskModelFile;
  readonly decoder: TaskModelFile;
}

async function task(gain: number, channels = 2, files: Partial<TaskFiles> = {}): Promise<TaskModel> {
  const adapter = await file(`adapter-${gain}`, tinyAdapter(gain));
  const decoder = await file('decoder', tinyDecoder(0));
  return { base, network: { kind: 'adapter', adapter, decoder, ...files }, channels };
}

async function ownGraph(name: string, graph: Uint8Array): Promise<TaskModel> {
  return { base, network: { kind: 'graph', graph: await file(name, graph) }, channels: 2 };
}

/** Of the class, where the feature is x: the logits are −x and x. */
function probability(x: number): number {
  return 1 / (1 + Math.exp(-2 * x));
}

describe('a task in the engine process', () => {
  const image = new Float32Array(VOXELS).fill(0.25);

  test('sees what the base sees while its adapter is zero, and what is merged in otherwise', async () => {
    for (const gain of [0, 1, -3, 0.5, 0]) {
      const found = await engine.classify(await task(gain), image, always);
      expect(found).toHaveLength(2 * VOXELS);
      const [first, second] = [found[VOXELS], found[VOXELS + 1]];
      expect(first).toBeCloseTo(probability(0.25 * (1 + gain)), 6);
      expect(second).toBeCloseTo(probability(0.25), 6);
      expect(found[0]! + first!).toBeCloseTo(1, 6);
    }
  });

  test('that gives other channels than its classes is an inference that failed', async () => {
    await expect(engine.classify(await task(0, 3), image, always)).rejects.toThrow('inference-failed');
    await expect(engine.classify(await task(0), image, always)).resolves.toHaveLength(2 * VOXELS);
  });

  test('that gives no numbers is an inference that failed, and not one that found nothing', async () => {
    const broken = await task(0, 2, { decoder: await file('no-numbers', tinyDecoder(Number.NaN)) });
    await expect(engine.classify(broken, image, always)).rejects.toThrow('inference-failed');
  });

  test('is not loaded from other files than those that were registered', async () => {
    const registered = await file('adapter-7', tinyAdapter(7));
    await writeFile(registered.path, tinyAdapter(8));
    const changed = await task(0, 2, { adapter: registered });
    await expect(engine.classify(changed, image, always)).rejects.toThrow('inference-failed');
    await writeFile(registered.path, tinyAdapter(7));
    await expect(engine.classify(changed, image, always)).resolves.toHaveLength(2 * VOXELS);
  });

  test('is not loaded beside other weights or another encoder than those of its base', async () => {
    const home = join(folder, 'replaced');
    await mkdir(home);
    await writeAdaptableModel(home, 'tiny');
    const model = (await readModelZoo(home)).get('tiny');
    const encoder = model.adaptableEncoder!;
    const merged = { ...(await task(0.75)), base: { ...model, adaptableEncoder: encoder } };
    const beside = { ...(await ownGraph('beside', tinyTaskGraph(0.75, 0))), base: merged.base };
    for (const { path } of [encoder.data, encoder.graph]) {
      const whole = await readFile(path);
      await writeFile(path, whole.subarray().fill(0, whole.length - 4));
      await expect(engine.classify(merged, image, always)).rejects.toThrow('inference-failed');
      if (path === encoder.data.path) {
        await expect(engine.classify(beside, image, always)).rejects.toThrow('inference-failed');
      }
      await writeAdaptableModel(home, 'tiny');
    }
    await expect(engine.classify(merged, image, always)).resolves.toHaveLength(2 * VOXELS);
    await expect(engine.classify(beside, image, always)).resolves.toHaveLength(2 * VOXELS);
  });

  test('reads nothing of the machine but its package', async () => {
    const decoder = onnxModel({
      inputs: { features: [1, 1, TASK_SIDE, TASK_SIDE, TASK_SIDE] },
      outputs: { class_logits: [1, 2, TASK_SIDE, TASK_SIDE, TASK_SIDE] },
      external: {
        // Below the folder that the server runs in, as its data are by default.
        read: {
          ...{ shape: [1, 1, TASK_SIDE, TASK_SIDE, TASK_SIDE], length: 4 * VOXELS },
          ...{ file: 'package-lock.json', offset: 0 },
        },
      },
      nodes: [{ op: 'Concat', inputs: ['features', 'read'], outputs: ['class_logits'], axis: 1 }],
    });
    const spy = await task(0, 2, { decoder: await file('spy', decoder) });
    await expect(engine.classify(spy, image, always)).rejects.toThrow('inference-failed');
  });

  test('that is a graph of its own runs beside the weights of its base', async () => {
    for (const gain of [0, -3, 0.5]) {
      const found = await engine.classify(
        await ownGraph(`graph${gain}`, tinyTaskGraph(gain, 0)),
        image,
        always,
      );
      expect(found[VOXELS]).toBeCloseTo(probability(0.25 * (1 + gain)), 6);
      expect(found[VOXELS + 1]).toBeCloseTo(probability(0.25), 6);
    }
  });

  test('that is a graph of its own is given nothing but its base: no other file, nothing beyond its end', async () => {
    for (const [n, place] of [
      { file: 'package-lock.json', offset: 0 },
      { file: '../package-lock.json', offset: 0 },
      { file: '/etc/passwd', offset: 0 },
      { file: 'adaptable_encoder.bin', offset: 4 },
      { file: 'adaptable_encoder.bin', offset: 2 ** 40 },
    ].entries()) {
      const spy = await ownGraph(`spy${n}`, tinyTaskGraph(0, 0, place));
      await expect(engine.classify(spy, image, always)).rejects.toThrow('inference-failed');
    }
  });

  test('that is a graph of its own is not loaded from another file than was registered', async () => {
    const model = await ownGraph('registered', tinyTaskGraph(1, 0));
    await writeFile(join(folder, 'registered'), tinyTaskGraph(2, 0));
    await expect(engine.classify(model, image, always)).rejects.toThrow('inference-failed');
  });

  test('is not asked for a caller who has gone', async () => {
    const gone = AbortSignal.abort();
    await expect(engine.classify(await task(0), image, gone)).rejects.toThrow('cancelled');
  });
});

describe('a task package', () => {
  async function read(
    change: (task: Record<string, unknown>) => object,
    packages = new FolderTaskPackages(() => Promise.resolve()),
    make: (...of: Parameters<typeof tinyPackage>) => Promise<TaskPackage<Uint8Array>> = tinyPackage,
  ): Promise<unknown> {
    const files = await make(folder, 'tiny', { id: 'liver', label: 'Liver' });
    const described = JSON.parse(new TextDecoder().decode(files['task.json'])) as Record<string, unknown>;
    const home = join(folder, crypto.randomUUID());
    await mkdir(home);
    const written = { ...files, 'task.json': JSON.stringify({ ...described, ...change(described) }) };
    for (const [name, content] of Object.entries(written)) await writeFile(join(home, name), content);
    const paths = await mapPackage(files, (_, name) => join(home, name));
    return packages.read(paths, () => base);
  }

  test('that fits its base is read', async () => {
    await expect(read(() => ({}))).resolves.toMatchObject({ id: 'liver', classes: [{ label: 'Liver' }] });
  });

  test('with a graph of its own is read, and tried out beside its base', async () => {
    const tried: TaskModel[] = [];
    const packages = new FolderTaskPackages(model => Promise.resolve(tried.push(model)));
    const found = read(() => ({}), packages, tinyGraphPackage);
    await expect(found).resolves.toMatchObject({ id: 'liver', method: 'ma_sam' });
    expect(tried).toMatchObject([{ network: { kind: 'graph' }, channels: 2 }]);
    const failing = new FolderTaskPackages(() => Promise.reject(new Error('no such operation')));
    await expect(read(() => ({}), failing, tinyGraphPackage)).rejects.toThrow(
      'beside the weights of the base',
    );
  });

  test('is refused where it names other files than it has', async () => {
    const sha256 = '0'.repeat(64);
    const own = {
      learnedWeights: { file: 'adapter.safetensors', sha256 },
      taskModel: { file: 'task_model.onnx', sha256 },
    };
    const merged = { encoderAdapter: own.learnedWeights, taskDecoder: { file: 'task_decoder.onnx', sha256 } };
    await expect(read(() => ({ files: own }))).rejects.toThrow('task_model.onnx, which is not there');
    await expect(read(() => ({ files: merged }), undefined, tinyGraphPackage)).rejects.toThrow(
      'task_decoder.onnx, which is not there',
    );
    const changed = read(
      ({ files }) => ({ files: { ...(files as object), taskModel: own.taskModel } }),
      undefined,
      tinyGraphPackage,
    );
    await expect(changed).rejects.toThrow('task_model.onnx is not the file');
  });

  test('is not found at fault where the server was too busy to try it out', async () => {
    const busy = new Problem('overloaded', 'The server is shutting down.');
    const failing = (problem: Problem) => new FolderTaskPackages(() => Promise.reject(problem));
    await expect(read(() => ({}), failing(busy))).rejects.toBe(busy);
    const failed = new Problem('inference-failed', 'The model did not answer.');
    await expect(read(() => ({}), failing(failed))).rejects.toMatchObject({ code: 'invalid-task-package' });
  });

  test('that cannot be read is not found at fault', async () => {
    const files = await tinyPackage(folder, 'tiny', { id: 'liver', label: 'Liver' });
    const paths = await mapPackage(files, (_, name) => join(folder, 'nowhere', name));
    const packages = new FolderTaskPackages(() => Promise.resolve());
    await expect(packages.read(paths, () => base)).rejects.toThrow('ENOENT');
  });

  test('is read with codes as long as segmentations bring them', async () => {
    const { category, type } = codesOfLabel('Liver');
    const long = { ...type, value: 'x'.repeat(1024) };
    const classes = [{ label: 'Liver', category, type: long }];
    await expect(read(() => ({ classes }))).resolves.toMatchObject({ classes });
  });

  test('is refused where anything in it does not fit', async () => {
    const plan = { spacingMm: 2, cubeVoxels: TASK_SIDE, overlap: 0.5 };
    for (const change of [
      // What no database keeps, wherever it stands.
      { title: 'Liver\0' },
      { provenance: { 'half a \ud83d': 1 } },
      { provenance: { lines: [{ line: '\0' }] } },
      { id: '../liver' },
      { classes: [] },
      { extra: 1 },
      { plan: { ...plan, spacingMm: 1e-9 } },
      { plan: { ...plan, cubeVoxels: 8 } },
      { modalities: ['XA'] },
      { base: { model: 'tiny', version: '1', encoderSha256: '0'.repeat(64) } },
      { quality: undefined },
    ]) {
      await expect(read(() => change)).rejects.toThrow('invalid-task-package');
    }
    const classes = ['Liver', 'Spleen'].map(label => ({ label, ...codesOfLabel(label) }));
    const qualities = classes.map(({ label }) => ({ label, dice: 0.75, ci95: null }));
    const both = (perClass: object) =>
      read(({ quality }) => ({
        classes: classes.map(({ label, category, type }) => ({ label, category, type })),
        quality: { ...(quality as object), perClass },
      }));
    await expect(both(qualities)).resolves.toMatchObject({ classes: [{ label: 'Liver' }, {}] });
    await expect(both([...qualities].reverse())).rejects.toThrow('in their order');
    const swapped = read(({ files }) => {
      const { encoderAdapter, taskDecoder } = files as Record<string, { sha256: string; file: string }>;
      return { files: { encoderAdapter: { ...encoderAdapter, sha256: taskDecoder!.sha256 }, taskDecoder } };
    });
    await expect(swapped).rejects.toThrow('not the file that task.json names');
  });
});
