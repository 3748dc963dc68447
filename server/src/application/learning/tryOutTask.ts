import type { TaskEngine, TaskModel } from '../../ports/taskEngine.ts';

/** Runs a task on an empty cube, so that one that cannot run is found before it is offered. @throws Problem inference-failed */
export async function tryOutTask(model: TaskModel, engine: TaskEngine): Promise<void> {
  const { region, normalisation } = model.base;
  const voxels = region.shapeKji.reduce((product, side) => product * side, normalisation.channels.length);
  await engine.classify(model, new Float32Array(voxels), new AbortController().signal);
}
