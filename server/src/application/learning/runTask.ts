import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalFrameOf } from '../../domain/canonicalFrame.ts';
import { Problem } from '../../domain/errors.ts';
import { FusedProbabilities } from '../../domain/fusedProbabilities.ts';
import type { Mask } from '../../domain/mask.ts';
import { normaliseRegion } from '../../domain/normalisation.ts';
import { levelShapeOf, windowsOf } from '../../domain/slidingWindow.ts';
import { requirePromoted, type RegisteredTask } from '../../domain/task.ts';
import { withoutUnseenSlices } from '../../domain/unseenSlices.ts';
import type { Volume } from '../../domain/volume.ts';
import type { TaskEngine, TaskModel } from '../../ports/taskEngine.ts';
import type { CoarseLevels } from '../coarseLevels.ts';
import { keepFoundMasks, type RunTarget } from '../keepFoundMasks.ts';
import type { SegmentationRun, SegmentationRuns } from '../segmentationRuns.ts';
import { throwIfCancelled } from '../singleFlight.ts';
import type { Learning } from './learning.ts';
import { adaptableModel } from './surveyCases.ts';

export interface TaskRunRequest extends RunTarget {
  readonly taskId: string;
}

export interface TaskPorts {
  readonly learning: Pick<Learning, 'tasks' | 'files' | 'workspace'>;
  readonly engine: TaskEngine;
  readonly levels: CoarseLevels;
}

/** Of all channels together; 1 GB. */
const MOST_PROBABILITIES = 2 ** 28;
/** Of the work, what the windows take; the rest is bringing the classes to the voxels of the series. */
const SHARE_OF_WINDOWS = 0.95;

/**
 * Segments a series by a promoted task; every class becomes a segment, also one that was not found.
 * @param onProgress told a number between 0 and 1
 * @returns the id of the segmentation
 * @throws Problem task-not-found, wrong-state, model-not-found, model-not-adaptable, model-not-for-modality,
 *   series-too-large, segmentation-not-found, invalid-request (a segmentation of another series), inference-failed,
 *   overloaded, cancelled, and those of the archive
 */
export async function runTask(
  request: TaskRunRequest,
  { learning, engine, levels }: TaskPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<string> {
  const task = await learning.tasks.load(request.taskId);
  requirePromoted(task);
  const model = taskModelOf(task, learning);
  const { volume } = await learning.workspace.loadVolume(request.series, signal);
  requireModality(task, volume);
  const fused = await classifyVolume(task, model, volume, { engine, levels }, signal, onProgress);
  const masks = await masksOf(fused, task, volume, signal, onProgress);
  const { classes, title } = task.description;
  return keepFoundMasks(request, { classes, masks, volume, algorithmName: title }, learning.workspace);
}

/**
 * Begins a run in the background.
 * @throws Problem task-not-found, wrong-state, overloaded
 */
export async function beginTaskRun(
  request: TaskRunRequest,
  ports: TaskPorts,
  runs: SegmentationRuns,
): Promise<SegmentationRun> {
  const { taskId } = request;
  requirePromoted(await ports.learning.tasks.load(taskId));
  return runs.begin({ kind: 'task', taskId }, (signal, onProgress) =>
    runTask(request, ports, signal, onProgress),
  );
}

async function classifyVolume(
  { description: { plan } }: RegisteredTask,
  model: TaskModel,
  volume: Volume,
  { engine, levels }: Pick<TaskPorts, 'engine' | 'levels'>,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<FusedProbabilities> {
  const { spacingMm, cubeVoxels, overlap } = plan;
  const frame = canonicalFrameOf(volume.geometry);
  const shapeIjk = levelShapeOf(frame, spacingMm);
  const probabilities = shapeIjk[0] * shapeIjk[1] * shapeIjk[2] * (model.channels + 1);
  if (probabilities > MOST_PROBABILITIES) {
    throw new Problem('series-too-large', 'The task looks too closely at too much for this server.', {
      probabilities,
      limit: MOST_PROBABILITIES,
    });
  }
  await levels.prepare(volume, model.base, signal);
  const fused = new FusedProbabilities(shapeIjk, cubeVoxels, model.channels);
  const corners = windowsOf(shapeIjk, cubeVoxels, overlap);
  for (const [done, cornerIjk] of corners.entries()) {
    throwIfCancelled(signal);
    const region = { spacingMm, cornerIjk, shapeIjk: [cubeVoxels, cubeVoxels, cubeVoxels] } as const;
    const image = normaliseRegion(levels.sample(volume, frame, region), model.base.normalisation.channels);
    fused.add(cornerIjk, await engine.classify(model, image, signal));
    onProgress((SHARE_OF_WINDOWS * (done + 1)) / corners.length);
  }
  return fused;
}

async function masksOf(
  fused: FusedProbabilities,
  { description: { plan } }: RegisteredTask,
  volume: Volume,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<readonly Mask[]> {
  const { geometry } = volume;
  const deciding = fused.masks(canonicalFrameOf(geometry), plan.spacingMm, geometry.shapeIjk);
  let turn = deciding.next();
  for (let slices = 1; turn.done !== true; turn = deciding.next(), slices++) {
    await nextTurn();
    throwIfCancelled(signal);
    onProgress(Math.min(1, SHARE_OF_WINDOWS + ((1 - SHARE_OF_WINDOWS) * slices) / geometry.shapeIjk[2]));
  }
  return turn.value.map(mask => withoutUnseenSlices(mask, volume));
}

/** @throws Problem model-not-found, model-not-adaptable, wrong-state */
function taskModelOf(task: RegisteredTask, learning: Pick<Learning, 'files' | 'workspace'>): TaskModel {
  const { base: origin, classes } = task.description;
  const base = adaptableModel(origin.model, learning);
  if (base.adaptableEncoder.data.sha256 !== origin.encoderSha256) {
    throw new Problem('wrong-state', 'The task was made for another version of its base. Learn it anew.', {
      base: origin.version,
      present: base.version,
    });
  }
  const file = (name: 'adapter.safetensors' | 'task_decoder.onnx'): TaskModel['adapter'] => ({
    path: learning.files.pathOf(task.files[name]),
    sha256: task.files[name],
  });
  return {
    ...{ base, channels: classes.length + 1 },
    ...{ adapter: file('adapter.safetensors'), decoder: file('task_decoder.onnx') },
  };
}

/** @throws Problem model-not-for-modality */
function requireModality({ description: { modalities } }: RegisteredTask, { modality }: Volume): void {
  if (modalities.includes(modality)) return;
  throw new Problem('model-not-for-modality', `The task is for ${modalities.join(', ')}.`, { modality });
}
