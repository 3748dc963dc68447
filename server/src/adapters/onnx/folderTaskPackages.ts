import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { PackageFileName, TaskDescription } from '../../domain/task.ts';
import type { TaskModel } from '../../ports/taskEngine.ts';
import type { TaskPackages } from '../../ports/taskPackages.ts';
import { readLoraAdapter } from './loraAdapter.ts';
import { taskFileSchema, type TaskFile } from './taskFile.ts';

/** Reads packages as `sam3d.worker` writes them; files are hostile until they have been read whole. */
export class FolderTaskPackages implements TaskPackages {
  /** @param tryOut runs the task once; rejects when it cannot, with Problem overloaded where the server cannot now */
  constructor(private readonly tryOut: (model: TaskModel) => Promise<unknown>) {}

  async read(
    paths: Readonly<Record<PackageFileName, string>>,
    baseOf: (modelId: string) => ModelManifest,
  ): Promise<TaskDescription> {
    const file = await readTaskFile(paths['task.json']);
    await checkHash('adapter.safetensors', paths['adapter.safetensors'], file.files.encoderAdapter.sha256);
    await checkHash('task_decoder.onnx', paths['task_decoder.onnx'], file.files.taskDecoder.sha256);
    const base = baseOf(file.base.model);
    checkPlan(file, base);
    const { adaptableEncoder } = base;
    if (!adaptableEncoder || adaptableEncoder.data.sha256 !== file.base.encoderSha256) {
      throw invalid(`It was made for other weights of ${base.id} than those in the zoo.`);
    }
    const adapter = await readFile(paths['adapter.safetensors']);
    try {
      readLoraAdapter(adapter, adaptableEncoder.weights);
    } catch (error) {
      throw invalid(`adapter.safetensors: ${error instanceof Error ? error.message : 'cannot be read'}.`);
    }
    await this.tryOut({
      base: { ...base, adaptableEncoder },
      adapter: { path: paths['adapter.safetensors'], sha256: file.files.encoderAdapter.sha256 },
      decoder: { path: paths['task_decoder.onnx'], sha256: file.files.taskDecoder.sha256 },
      channels: file.classes.length + 1,
    }).catch((cause: unknown) => {
      // A server that shuts down has not tried it: hours of learning are not lost for that.
      if (cause instanceof Problem && cause.code === 'overloaded') throw cause;
      throw invalid(
        'task_decoder.onnx does not run on the features of the base, or gives other class_logits.',
        {
          cause,
        },
      );
    });
    const { id, title, method, base: origin, modalities, classes, plan, quality, provenance } = file;
    return { id, title, method, base: origin, modalities, classes, plan, quality, provenance };
  }
}

async function readTaskFile(path: string): Promise<TaskFile> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw invalid('task.json is no JSON.');
  }
  const parsed = taskFileSchema.safeParse(json);
  if (!parsed.success) throw invalid(`task.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function checkHash(name: PackageFileName, path: string, expected: string): Promise<void> {
  const actual = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (actual !== expected) throw invalid(`${name} is not the file that task.json names.`);
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
