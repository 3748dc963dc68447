import { completed, runningState } from '../../domain/adaptationState.ts';
import { Problem } from '../../domain/errors.ts';
import { PACKAGE_FILE_NAMES, type PackageFiles, type TaskDescription } from '../../domain/task.ts';
import { releaseFiles, removeUnneeded, sentFiles } from './jobFiles.ts';
import type { Learning } from './learning.ts';
import { sameLabel } from './foundCase.ts';
import { adaptableModel } from './surveyCases.ts';
import type { Leased } from './workerProtocol.ts';

/**
 * Checks what was handed over and registers it as a candidate, which ends the job: both, or neither, so that a job
 * that is cancelled meanwhile leaves no task. Asked again with the same lease, the answer is the same.
 * @returns the id of the task
 * @throws Problem adaptation-not-found, lease-lost, invalid-task-package
 */
export function completeAdaptation(leased: Leased, learning: Learning): Promise<string> {
  // A worker that asks again because it has waited too long finds what its first request has come to.
  return learning.workspace.mutex.run(leased.id, () => complete(leased, learning));
}

async function complete({ id, leaseId }: Leased, learning: Learning): Promise<string> {
  const job = await learning.adaptations.load(id);
  if (job.state.kind === 'done' && job.state.leaseId === leaseId) return job.state.taskId;
  const files = wholePackage(runningState(job, leaseId).files);
  const description = await readPackage(files, learning).catch(async (error: unknown) => {
    // The files of a job that was cancelled are gone; that is no fault of the package.
    runningState(await learning.adaptations.load(id), leaseId);
    throw error;
  });
  requireLearned(description, job.classes);
  const taskId = description.id;
  const at = new Date(learning.nowMs()).toISOString();
  const task = { description, files, adaptationId: id, history: [{ state: 'candidate', at }] } as const;
  if (!(await learning.adaptations.complete(id, before => completed(before, leaseId, taskId), task))) {
    throw invalid(`There is a task ${taskId} already.`);
  }
  await removeUnneeded(sentFiles(job), learning);
  await releaseFiles(learning);
  return taskId;
}

function readPackage(files: PackageFiles, learning: Learning): Promise<TaskDescription> {
  return learning.packages.read(
    {
      'task.json': learning.files.pathOf(files['task.json']),
      'adapter.safetensors': learning.files.pathOf(files['adapter.safetensors']),
      'task_decoder.onnx': learning.files.pathOf(files['task_decoder.onnx']),
      'CARD.md': learning.files.pathOf(files['CARD.md']),
    },
    modelId => adaptableModel(modelId, learning),
  );
}

function wholePackage(files: Partial<PackageFiles>): PackageFiles {
  const missing = PACKAGE_FILE_NAMES.filter(name => files[name] === undefined);
  const {
    'task.json': task,
    'adapter.safetensors': adapter,
    'task_decoder.onnx': decoder,
    'CARD.md': card,
  } = files;
  if (task === undefined || adapter === undefined || decoder === undefined || card === undefined) {
    throw invalid(`Send ${missing.join(', ')} first.`);
  }
  return { 'task.json': task, 'adapter.safetensors': adapter, 'task_decoder.onnx': decoder, 'CARD.md': card };
}

function requireLearned({ classes }: TaskDescription, wanted: readonly { readonly label: string }[]): void {
  const isSame =
    classes.length === wanted.length && classes.every(({ label }, n) => sameLabel(label, wanted[n]!.label));
  if (!isSame) throw invalid('The classes are not those of the job, in its order.');
}

function invalid(detail: string): Problem {
  return new Problem('invalid-task-package', detail);
}
