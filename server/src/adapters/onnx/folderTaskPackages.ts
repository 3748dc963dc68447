import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import type { AdaptableEncoder, ModelManifest } from '../../domain/modelManifest.ts';
import type { TaskDescription } from '../../domain/task.ts';
import { isGraphPackage, type PackageFileName, type TaskPackage } from '../../domain/taskPackage.ts';
import type { TaskModel, TaskModelFile, TaskNetwork } from '../../ports/taskEngine.ts';
import type { TaskPackages } from '../../ports/taskPackages.ts';
import { readLoraAdapter } from './loraAdapter.ts';
import { taskFileSchema, type TaskFile } from './taskFile.ts';

/** Reads packages as `sam3d.worker` writes them; files are hostile until they have been read whole. */
export class FolderTaskPackages implements TaskPackages {
  /** @param tryOut runs the task once; rejects when it cannot, with Problem overloaded where the server cannot now */
  constructor(private readonly tryOut: (model: TaskModel) => Promise<unknown>) {}

  async read(
    paths: TaskPackage<string>,
    baseOf: (modelId: string) => ModelManifest,
  ): Promise<TaskDescription> {
    const file = await readTaskFile(paths['task.json']);
    const network = await readNetwork(file, paths);
    const base = baseOf(file.base.model);
    checkPlan(file, base);
    const { adaptableEncoder } = base;
    if (!adaptableEncoder || adaptableEncoder.data.sha256 !== file.base.encoderSha256) {
      throw invalid(`It was made for other weights of ${base.id} than those in the zoo.`);
    }
    if (network.kind === 'adapter') await checkAdapter(network.adapter.path, adaptableEncoder);
    const model = { base: { ...base, adaptableEncoder }, network, channels: file.classes.length + 1 };
    await this.tryOut(model).catch((cause: unknown) => {
      // A server that shuts down has not tried it: hours of learning are not lost for that.
      if (cause instanceof Problem && cause.code === 'overloaded') throw cause;
      const what = {
        adapter: 'task_decoder.onnx does not run on the features of the base',
        graph: 'task_model.onnx does not run beside the weights of the base',
      };
      throw invalid(`${what[network.kind]}, or gives other class_logits.`, { cause });
    });
    const { id, title, method, base: origin, modalities, classes, plan, quality, provenance } = file;
    return { id, title, method, base: origin, modalities, classes, plan, quality, provenance };
  }
}

async function readTaskFile(path: string): Promise<TaskFile> {
  const content = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(content, refuseUnkeepable);
  } catch {
    throw invalid('task.json is no JSON, or has characters that no database keeps.');
  }
  const parsed = taskFileSchema.safeParse(json);
  if (!parsed.success) throw invalid(`task.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A database takes neither NUL nor half characters; refused by it, the server would be at fault, and the worker ask again. */
function refuseUnkeepable(name: string, value: unknown): unknown {
  const text = typeof value === 'string' ? `${name} ${value}` : name;
  if (/[\0\p{Cs}]/u.test(text)) throw new SyntaxError('unkeepable');
  return value;
}

/** The files that it runs by, each as the description names it. */
async function readNetwork({ files }: TaskFile, paths: TaskPackage<string>): Promise<TaskNetwork> {
  if ('taskModel' in files) {
    if (!isGraphPackage(paths)) throw invalid('task.json names task_model.onnx, which is not there.');
    await checkedFile('adapter.safetensors', paths['adapter.safetensors'], files.learnedWeights.sha256);
    const { sha256 } = files.taskModel;
    return {
      kind: 'graph',
      graph: await checkedFile('task_model.onnx', paths['task_model.onnx'], sha256),
    };
  }
  if (isGraphPackage(paths)) throw invalid('task.json names task_decoder.onnx, which is not there.');
  const { encoderAdapter, taskDecoder } = files;
  return {
    kind: 'adapter',
    adapter: await checkedFile('adapter.safetensors', paths['adapter.safetensors'], encoderAdapter.sha256),
    decoder: await checkedFile('task_decoder.onnx', paths['task_decoder.onnx'], taskDecoder.sha256),
  };
}

async function checkedFile(name: PackageFileName, path: string, sha256: string): Promise<TaskModelFile> {
  const actual = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (actual !== sha256) throw invalid(`${name} is not the file that task.json names.`);
  return { path, sha256 };
}

async function checkAdapter(path: string, { weights }: AdaptableEncoder): Promise<void> {
  const adapter = await readFile(path);
  try {
    readLoraAdapter(adapter, weights);
  } catch (error) {
    throw invalid(`adapter.safetensors: ${error instanceof Error ? error.message : 'cannot be read'}.`);
  }
}

function checkPlan({ plan, modalities }: TaskFile, base: ModelManifest): void {
  const side = base.region.shapeKji[0];
  if (plan.cubeVoxels !== side || base.region.shapeKji.some(length => length !== side)) {
    throw invalid(`plan.cubeVoxels must be ${side}, as the base sees.`);
  }
  if (!base.region.spacingsMm.includes(plan.spacingMm)) {
    throw invalid(`plan.spacingMm must be one of ${base.region.spacingsMm.join(', ')}, as the base sees.`);
  }
  const foreign = modalities.find(modality => !base.modalities.includes(modality));
  if (foreign !== undefined) throw invalid(`The base does not serve ${foreign}.`);
}

function invalid(detail: string, options?: ErrorOptions): Problem {
  return new Problem('invalid-task-package', detail, {}, options);
}
