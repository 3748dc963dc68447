import type { RegisteredTask } from '../domain/task.ts';

/** Keeps every task that was ever registered, with its history. */
export interface TaskRegistry {
  /** Newest first. */
  list(): Promise<readonly RegisteredTask[]>;
  /** @throws Problem task-not-found */
  load(id: string): Promise<RegisteredTask>;
  /** @returns false, and nothing is changed, when there is a task of this id */
  register(task: RegisteredTask): Promise<boolean>;
  /** @throws Problem task-not-found, and what `change` throws, which leaves the task as it was */
  update(id: string, change: (task: RegisteredTask) => RegisteredTask): Promise<RegisteredTask>;
}
