import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { FolderFileStore } from '../adapters/fileStore/folderFileStore.ts';
import { NiftiVolumeEncoder } from '../adapters/nifti/niftiVolumeEncoder.ts';
import { FolderTaskPackages } from '../adapters/onnx/folderTaskPackages.ts';
import type { OnnxEnginePool } from '../adapters/onnx/onnxEnginePool.ts';
import { zooTaskFolders } from '../adapters/onnx/zooTaskFolders.ts';
import { PostgresAdaptationStore } from '../adapters/postgres/postgresAdaptationStore.ts';
import { PostgresAnnotationRankingStore } from '../adapters/postgres/postgresAnnotationRankingStore.ts';
import { PostgresExemplarSetStore } from '../adapters/postgres/postgresExemplarSetStore.ts';
import { PostgresTaskRegistry } from '../adapters/postgres/postgresTaskRegistry.ts';
import type { CoarseLevels } from '../application/coarseLevels.ts';
import type { Exemplars } from '../application/exemplars/exemplars.ts';
import { LikenessMemory } from '../application/exemplars/likenessMemory.ts';
import { segmentLike } from '../application/exemplars/segmentLike.ts';
import { releaseFiles } from '../application/learning/jobFiles.ts';
import type { Learning } from '../application/learning/learning.ts';
import { registerZooTasks } from '../application/learning/registerZooTasks.ts';
import type { TaskPorts } from '../application/learning/runTask.ts';
import { tryOutTask } from '../application/learning/tryOutTask.ts';
import { WorkerPresence } from '../application/learning/workerPresence.ts';
import type { Rankings } from '../application/ranking/createRanking.ts';
import { exemplarJudge } from '../application/ranking/exemplarJudge.ts';
import type { Judge } from '../application/ranking/judge.ts';
import { RankingQueue } from '../application/ranking/rankingQueue.ts';
import { taskJudge } from '../application/ranking/taskJudge.ts';
import { SingleFlight } from '../application/singleFlight.ts';
import type { SegmentationRuns } from '../application/segmentationRuns.ts';
import type { VolumeCache } from '../application/volumeCache.ts';
import type { Workspace } from '../application/workspace.ts';
import type { Config } from '../config/environment.ts';
import type { AdaptationScope } from '../domain/online/onlineAdaptation.ts';
import type { RunOrigin } from '../domain/runOrigin.ts';
import type { SqlDatabase } from '../ports/sqlDatabase.ts';
import type { Start } from './firstObjects.ts';

/** A PACS that restarts, or a rush of readers. */
const RETRY_AFTER_MS = 30_000;

/** Adaptation jobs and tasks, those of the zoo among them. */
export async function composeLearning(
  config: Config,
  database: SqlDatabase,
  workspace: Workspace,
  engine: OnnxEnginePool,
  patientKeyOf: Learning['patientKeyOf'],
  start: Start,
): Promise<Learning> {
  const folder = join(config.home, 'learning');
  const learning: Learning = {
    adaptations: new PostgresAdaptationStore(database),
    tasks: new PostgresTaskRegistry(database),
    files: await FolderFileStore.open(folder),
    workspace,
    packages: new FolderTaskPackages(model => tryOutTask(model, engine)),
    volumeEncoder: new NiftiVolumeEncoder(),
    workers: new WorkerPresence(),
    completions: new SingleFlight(),
    patientKeyOf,
    nowMs: () => Date.now(),
  };
  // Nothing is on its way yet: what nobody names was left by a process that ended.
  await releaseFiles({ ...learning, files: await FolderFileStore.open(folder, 0) });
  await addZooTasks(config.models, learning, start);
  return learning;
}

async function addZooTasks(
  models: Config['models'],
  learning: Learning,
  { begin, tell }: Start,
): Promise<void> {
  const found = await zooTaskFolders(models);
  if (found.length === 0) return;
  begin('Checking the tasks of the zoo');
  await registerZooTasks(found, learning, createReadStream, (id, reason) =>
    tell(`The task ${id} of the zoo is left out: ${reason instanceof Error ? reason.message : 'unknown'}`),
  );
}

/** Sets of examples, which series are segmented like. */
export function composeExemplars(
  database: SqlDatabase,
  workspace: Workspace,
  { patientKeyOf, nowMs }: Learning,
  engine: OnnxEnginePool,
  levels: CoarseLevels,
  volumes: VolumeCache,
): Exemplars {
  const likeness = { engine, levels, memory: new LikenessMemory() };
  return {
    ...{ workspace, patientKeyOf, nowMs },
    sets: new PostgresExemplarSetStore(database),
    imagesState: series => volumes.imagesState(series),
    segmentLike: (query, examples, labels, model, signal, onProgress) =>
      segmentLike(query, examples, labels, model, likeness, signal, onProgress),
  };
}

/** Which series to annotate next; what was open when the server ended goes on once `queue.start` is called. */
export function composeRankings(
  database: SqlDatabase,
  scope: AdaptationScope,
  taskPorts: TaskPorts,
  exemplars: Exemplars,
  runs: SegmentationRuns,
  onFailed: (reason: unknown) => void,
): Rankings & { readonly queue: RankingQueue } {
  const { learning } = taskPorts;
  const store = new PostgresAnnotationRankingStore(database);
  const judgeOf = (origin: RunOrigin): Promise<Judge> =>
    origin.kind === 'task'
      ? taskJudge(origin.taskId, taskPorts)
      : exemplarJudge(origin.exemplarSetId, exemplars);
  const segmentations = learning.workspace.store;
  return {
    ...{ store, scope, judgeOf, tasks: learning.tasks, sets: exemplars.sets, nowMs: exemplars.nowMs },
    queue: new RankingQueue({ store, segmentations, runs, judgeOf, onFailed, retryAfterMs: RETRY_AFTER_MS }),
  };
}
