import { promoted, type RegisteredTask } from '../../domain/task.ts';
import { mapPackage } from '../../domain/taskPackage.ts';
import type { TaskFolder } from '../../ports/taskPackages.ts';
import type { Learning } from './learning.ts';
import { adaptableModel } from './surveyCases.ts';
import { PACKAGE_FILE_BYTES } from './workerProtocol.ts';

/**
 * Registers the packages that came with the zoo, as promoted: whoever put them there has looked at them. A task that
 * is registered already stays as it is, also when it was retired; one from the zoo whose base has been replaced could
 * not be run any more, and becomes what the zoo has by its name now.
 * @param open the content of a file
 * @param onRefused told of each that is not whole, or does not fit its base
 */
export async function registerZooTasks(
  found: readonly TaskFolder[],
  learning: Pick<Learning, 'tasks' | 'files' | 'packages' | 'workspace' | 'nowMs'>,
  open: (path: string) => AsyncIterable<Uint8Array>,
  onRefused: (id: string, reason: unknown) => void,
): Promise<void> {
  const known = new Map((await learning.tasks.list()).map(task => [task.description.id, task]));
  for (const folder of found) {
    const before = known.get(folder.id);
    if (before && !isOfOtherBase(before, learning)) continue;
    try {
      await register(folder, learning, open);
    } catch (error) {
      onRefused(folder.id, error);
    }
  }
}

function isOfOtherBase(
  { adaptationId, description: { base } }: RegisteredTask,
  { workspace }: Pick<Learning, 'workspace'>,
): boolean {
  if (adaptationId !== undefined) return false;
  try {
    return adaptableModel(base.model, { workspace }).adaptableEncoder.data.sha256 !== base.encoderSha256;
  } catch {
    // The base has gone, or nothing can be learned on it any more.
    return true;
  }
}

/** @throws Problem invalid-task-package, model-not-found, model-not-adaptable, and what reading the files throws */
async function register(
  { id, paths }: TaskFolder,
  { tasks, files, packages, workspace, nowMs }: Parameters<typeof registerZooTasks>[1],
  open: (path: string) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const description = await packages.read(paths, modelId => adaptableModel(modelId, { workspace }));
  if (description.id !== id) throw new Error(`task.json names the task ${description.id}.`);
  const kept = await mapPackage(paths, (path, name) => files.put(open(path), PACKAGE_FILE_BYTES[name]));
  const at = new Date(nowMs()).toISOString();
  const candidate: RegisteredTask = { description, files: kept, history: [{ state: 'candidate', at }] };
  if (await tasks.register(promoted(candidate, at))) return;
  await tasks.update(id, before => ({ ...before, description, files: kept }));
}
