import type { ModelManifest } from '../domain/modelManifest.ts';
import type { PackageFileName, TaskDescription } from '../domain/task.ts';

/** A package in a folder of its own. */
export interface TaskFolder {
  /** Of the folder; the task must have it, too. */
  readonly id: string;
  /** Where the files would lie. */
  readonly paths: Readonly<Record<PackageFileName, string>>;
}

/** Reads what a trainer has handed over. */
export interface TaskPackages {
  /**
   * Checks everything that running the task will rely on: the description, the hashes it names, and that the adapter
   * and the decoder fit the base.
   * @param paths where the files lie
   * @throws Problem invalid-task-package, overloaded (it could not be tried out now)
   */
  read(
    paths: Readonly<Record<PackageFileName, string>>,
    baseOf: (modelId: string) => ModelManifest,
  ): Promise<TaskDescription>;
}
