import type { ModelManifest } from '../domain/modelManifest.ts';
import type { TaskDescription } from '../domain/task.ts';
import type { TaskPackage } from '../domain/taskPackage.ts';

/** A package in a folder of its own. */
export interface TaskFolder {
  /** Of the folder; the task must have it, too. */
  readonly id: string;
  /** Where the files would lie. */
  readonly paths: TaskPackage<string>;
}

/** Reads what a trainer has handed over. */
export interface TaskPackages {
  /**
   * Checks everything that running the task will rely on: the description, the hashes it names, and that the adapter
   * and the decoder, or the graph of its own, fit the base.
   * @param paths where the files lie
   * @throws Problem invalid-task-package, overloaded (it could not be tried out now)
   */
  read(paths: TaskPackage<string>, baseOf: (modelId: string) => ModelManifest): Promise<TaskDescription>;
}
