import type { Adaptation } from '../../domain/adaptation.ts';
import { completed, runningState } from '../../domain/adaptationState.ts';
import type { Code } from '../../domain/code.ts';
import { Problem } from '../../domain/errors.ts';
import type { TaskClass, TaskDescription } from '../../domain/task.ts';
import {
  mapPackage,
  missingOf,
  PACKAGE_FILE_NAMES,
  wholePackage,
  type PartOfPackage,
  type TaskPackage,
} from '../../domain/taskPackage.ts';
import { releaseFiles, removeUnneeded, sentFiles } from './jobFiles.ts';
import type { Learning } from './learning.ts';
import { sameLabel } from './foundCase.ts';
import { adaptableModel } from './surveyCases.ts';
import type { Leased } from './workerProtocol.ts';

/**
 * Checks what was handed over and registers it as a candidate, which ends the job: both, or neither, so that a job
 * that is cancelled meanwhile leaves no task. Asked again with the same lease, the answer is the same.
 * @returns the id of the task
 * @throws Problem adaptation-not-found, lease-lost, invalid-task-package, model-not-found, model-not-adaptable, overloaded
 */
export function completeAdaptation(leased: Leased, learning: Learning): Promise<string> {
  // A worker that asks again because it has waited too long hears what its first request comes to. Looked at once more, a
  // package that hangs the engine would do so for each time that it was asked, before anyone's click.
  const key = `${leased.id} ${leased.leaseId}`;
  return learning.completions.join(key, new AbortController().signal, () => complete(leased, learning));
}

async function complete({ id, leaseId }: Leased, learning: Learning): Promise<string> {
  const job = await learning.adaptations.load(id);
  if (job.state.kind === 'done' && job.state.leaseId === leaseId) return job.state.taskId;
  const sent = runningState(job, leaseId).files;
  const files = sentPackage(sent);
  const description = await readPackage(files, learning).catch(async (error: unknown) => {
    // The files of a job that was cancelled are gone; that is no fault of the package.
    runningState(await learning.adaptations.load(id), leaseId);
    throw error;
  });
  requireLearned(description, job);
  const taskId = description.id;
  const at = new Date(learning.nowMs()).toISOString();
  const task = { description, files, adaptationId: id, history: [{ state: 'candidate', at }] } as const;
  const end = (before: Adaptation): Adaptation => {
    requireUnchanged(runningState(before, leaseId).files, sent);
    return completed(before, leaseId, taskId);
  };
  if (!(await learning.adaptations.complete(id, end, task))) {
    throw invalid(`There is a task ${taskId} already.`);
  }
  await removeUnneeded(sentFiles(job), learning);
  await releaseFiles(learning);
  return taskId;
}

async function readPackage(files: TaskPackage<string>, learning: Learning): Promise<TaskDescription> {
  const paths = await mapPackage(files, sha256 => learning.files.pathOf(sha256));
  return learning.packages.read(paths, modelId => adaptableModel(modelId, learning));
}

function sentPackage(files: PartOfPackage<string>): TaskPackage<string> {
  const whole = wholePackage(files);
  if (!whole) throw invalid(`Send ${missingOf(files).join(', ')} first.`);
  return whole;
}

/** What was replaced meanwhile is gone, and what came for it has not been looked at. */
function requireUnchanged(now: PartOfPackage<string>, lookedAt: PartOfPackage<string>): void {
  if (PACKAGE_FILE_NAMES.every(name => now[name] === lookedAt[name])) return;
  throw invalid('A file was sent while the package was looked at: complete the job once more.');
}

/**
 * What was learned has to be what was asked for, as it was asked for: a package of another job, of other modalities or
 * with other codes would be offered under the estimate and the name of this one.
 */
function requireLearned(made: TaskDescription, job: Adaptation): void {
  const isOfBase = made.base.model === job.base.model && made.base.version === job.base.version;
  const isForAll =
    made.modalities.every(modality => job.modalities.includes(modality)) &&
    job.modalities.every(modality => made.modalities.includes(modality));
  const faults = [
    ...(made.id === job.id ? [] : [`It is the package of ${made.id}.`]),
    ...(made.method === job.method ? [] : [`It was learned by ${made.method}, not by ${job.method}.`]),
    ...(isOfBase ? [] : [`It was learned on ${made.base.model} ${made.base.version}.`]),
    ...(isForAll ? [] : [`It is for ${made.modalities.join(', ')}, not for ${job.modalities.join(', ')}.`]),
    ...(areAlike(made.classes, job.classes)
      ? []
      : ['The classes are not those of the job, in its order and with its codes.']),
  ];
  if (faults.length > 0) throw invalid(faults.join(' '));
}

function areAlike(made: readonly TaskClass[], asked: readonly TaskClass[]): boolean {
  const isSame = (one: Code, other: Code): boolean =>
    one.value === other.value && one.scheme === other.scheme;
  return (
    made.length === asked.length &&
    made.every(({ label, category, type }, n) => {
      const wanted = asked[n]!;
      return sameLabel(label, wanted.label) && isSame(category, wanted.category) && isSame(type, wanted.type);
    })
  );
}

function invalid(detail: string): Problem {
  return new Problem('invalid-task-package', detail);
}
