import { Problem } from '../../domain/errors.ts';
import { isSameSeries } from '../../domain/seriesReference.ts';
import { requirePromoted, type RegisteredTask } from '../../domain/task.ts';
import { isGraphPackage } from '../../domain/taskPackage.ts';
import { AS_IT_IS } from '../../domain/taskView.ts';
import type { Volume } from '../../domain/volume.ts';
import type { TaskModel, TaskModelFile, TaskNetwork } from '../../ports/taskEngine.ts';
import { keepFoundMasks, type RunTarget } from '../keepFoundMasks.ts';
import type { RunWarning, SegmentationRun, SegmentationRuns } from '../segmentationRuns.ts';
import { answerOf, type AnswerPorts } from './answerOf.ts';
import { learnedFrom } from './learnedFrom.ts';
import type { Learning } from './learning.ts';
import { adaptableModel } from './surveyCases.ts';

export interface TaskRunRequest extends RunTarget {
  readonly taskId: string;
}

export interface TaskPorts extends AnswerPorts {
  readonly learning: Pick<Learning, 'adaptations' | 'tasks' | 'files' | 'workspace'>;
}

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
  { learning, ...ports }: TaskPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<string> {
  const task = await learning.tasks.load(request.taskId);
  requirePromoted(task);
  const model = taskModelOf(task, learning);
  const { volume } = await learning.workspace.loadVolume(request.series, signal);
  requireModality(task, volume);
  const masks = await answerOf(task, model, volume, AS_IT_IS, ports, signal, onProgress);
  const { classes, title } = task.description;
  const found = { classes, masks, volume, algorithmName: title };
  return keepFoundMasks(request, found, learning.workspace, signal);
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
  const task = await ports.learning.tasks.load(taskId);
  requirePromoted(task);
  return runs.begin(
    { kind: 'task', taskId },
    (signal, onProgress) => runTask(request, ports, signal, onProgress),
    await warningsOf(task, request, ports.learning),
  );
}

async function warningsOf(
  task: RegisteredTask,
  { series }: RunTarget,
  learning: Pick<Learning, 'adaptations'>,
): Promise<readonly RunWarning[]> {
  const index = (await learnedFrom(task, learning)).findIndex(known => isSameSeries(known, series));
  if (index < 0) return [];
  const detail = `The task learned from this series (case ${index + 1}): what it finds says little of others.`;
  return [{ code: 'series-was-learned', detail }];
}

/** @throws Problem model-not-found, model-not-adaptable, wrong-state */
export function taskModelOf(
  task: RegisteredTask,
  learning: Pick<Learning, 'files' | 'workspace'>,
): TaskModel {
  const { base: origin, classes } = task.description;
  const base = adaptableModel(origin.model, learning);
  if (base.adaptableEncoder.data.sha256 !== origin.encoderSha256) {
    throw new Problem('wrong-state', 'The task was made for another version of its base. Learn it anew.', {
      base: origin.version,
      present: base.version,
    });
  }
  const file = (sha256: string): TaskModelFile => ({ path: learning.files.pathOf(sha256), sha256 });
  const { files } = task;
  const network: TaskNetwork = isGraphPackage(files)
    ? { kind: 'graph', graph: file(files['task_model.onnx']) }
    : {
        ...{ kind: 'adapter', adapter: file(files['adapter.safetensors']) },
        decoder: file(files['task_decoder.onnx']),
      };
  return { base, network, channels: classes.length + 1 };
}

/** @throws Problem model-not-for-modality */
export function requireModality({ description: { modalities } }: RegisteredTask, { modality }: Volume): void {
  if (modalities.includes(modality)) return;
  throw new Problem('model-not-for-modality', `The task is for ${modalities.join(', ')}.`, { modality });
}
