import { completed, runningState } from '../../domain/adaptationState.ts';
import { Problem } from '../../domain/errors.ts';
import { PACKAGE_FILE_NAMES, type PackageFiles, type TaskDescription } from '../../domain/task.ts';
import { releaseFiles } from './adaptationJobs.ts';
import type { Learning } from './learning.ts';
import { sameLabel } from './foundCase.ts';
import { adaptableModel } from './surveyCases.ts';
import type { Leased } from './workerProtocol.ts';

/**
 * Checks what was handed over and registers it as a candidate. Asked again with the same lease, the answer is the same.
 * @returns the id of the task
 * @throws Problem adaptation-not-found, lease-lost, invalid-task-package
 */
export async function completeAdaptation({ id, leaseId }: Leased, learning: Learning): Promise<string> {
  const job = await learning.adaptations.load(id);
  if (job.state.kind === 'done' && job.state.leaseId === leaseId) return job.state.taskId;
  const files = wholePackage(runningState(job, leaseId).files);
  const description = await learning.packages.read(
    {
      'task.json': learning.files.pathOf(files['task.json']),
      'adapter.safetensors': learning.files.pathOf(files['adapter.safetensors']),
      'task_decoder.onnx': learning.files.pathOf(files['task_decoder.onnx']),
      'CARD.md': learning.files.pathOf(files['CARD.md']),
    },
    modelId => adaptableModel(modelId, learning),
  );
  requireLearned(description, job.classes);
  const taskId = description.id;
  const at = new Date(learning.nowMs()).toISOString();
  const isNew = await learning.tasks.register({
    ...{ description, files, adaptationId: id, history: [{ state: 'candidate', at }] },
  });
  // A completion that was interrupted after this is asked for once more, and must find its own task.
  if (!isNew && (await learning.tasks.load(taskId)).adaptationId !== id) {
    throw invalid(`There is a task ${taskId} already.`);
  }
  await learning.adaptations.update(id, before => completed(before, leaseId, taskId));
  await releaseFiles(learning);
  return taskId;
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
