import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalFrameOf } from '../../domain/canonicalFrame.ts';
import { Problem } from '../../domain/errors.ts';
import { FusedProbabilities } from '../../domain/fusedProbabilities.ts';
import type { Mask } from '../../domain/mask.ts';
import { normaliseRegion } from '../../domain/normalisation.ts';
import { levelShapeOf, MOST_PROBABILITIES } from '../../domain/slidingWindow.ts';
import type { RegisteredTask, TaskDescription } from '../../domain/task.ts';
import { viewedPlan, viewedSamples, viewedWindows, type TaskView } from '../../domain/taskView.ts';
import { withoutUnseenSlices } from '../../domain/unseenSlices.ts';
import type { Volume } from '../../domain/volume.ts';
import type { TaskEngine, TaskModel } from '../../ports/taskEngine.ts';
import type { CoarseLevels } from '../coarseLevels.ts';
import { throwIfCancelled } from '../singleFlight.ts';

type Plan = TaskDescription['plan'];

export interface AnswerPorts {
  readonly engine: TaskEngine;
  readonly levels: CoarseLevels;
}

/** Of the work, what the windows take; the rest is bringing the classes to the voxels of the series. */
const SHARE_OF_WINDOWS = 0.95;

/**
 * What a task finds in a volume, looked at in one way.
 * @param onProgress told a number between 0 and 1
 * @returns a mask of every class, on the volume's grid
 * @throws Problem series-too-large, inference-failed, overloaded, cancelled
 */
export async function answerOf(
  { description }: RegisteredTask,
  model: TaskModel,
  volume: Volume,
  view: TaskView,
  ports: AnswerPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<readonly Mask[]> {
  const plan = viewedPlan(description.plan, view);
  const fused = await classifyVolume(plan, model, volume, view, ports, signal, onProgress);
  return masksOf(fused, plan, volume, signal, onProgress);
}

async function classifyVolume(
  plan: Plan,
  model: TaskModel,
  volume: Volume,
  view: TaskView,
  { engine, levels }: AnswerPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<FusedProbabilities> {
  const { spacingMm, cubeVoxels } = plan;
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
  const corners = viewedWindows(shapeIjk, plan, view);
  for (const [done, cornerIjk] of corners.entries()) {
    throwIfCancelled(signal);
    const region = { spacingMm, cornerIjk, shapeIjk: [cubeVoxels, cubeVoxels, cubeVoxels] } as const;
    const samples = viewedSamples(levels.sample(volume, frame, region), view);
    const image = normaliseRegion(samples, model.base.normalisation.channels);
    fused.add(cornerIjk, await engine.classify(model, image, signal));
    onProgress((SHARE_OF_WINDOWS * (done + 1)) / corners.length);
  }
  return fused;
}

async function masksOf(
  fused: FusedProbabilities,
  { spacingMm }: Plan,
  volume: Volume,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<readonly Mask[]> {
  const { geometry } = volume;
  const deciding = fused.masks(canonicalFrameOf(geometry), spacingMm, geometry.shapeIjk);
  let turn = deciding.next();
  for (let slices = 1; turn.done !== true; turn = deciding.next(), slices++) {
    await nextTurn();
    throwIfCancelled(signal);
    onProgress(Math.min(1, SHARE_OF_WINDOWS + ((1 - SHARE_OF_WINDOWS) * slices) / geometry.shapeIjk[2]));
  }
  return turn.value.map(mask => withoutUnseenSlices(mask, volume));
}
