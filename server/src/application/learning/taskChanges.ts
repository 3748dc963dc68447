import type { Readable } from 'node:stream';
import type { RegisteredTask } from '../../domain/task.ts';
import type { Learning } from './learning.ts';

/** Promotes or retires. @throws Problem task-not-found, wrong-state */
export function changeTask(
  id: string,
  change: (task: RegisteredTask, at: string) => RegisteredTask,
  { tasks, nowMs }: Pick<Learning, 'tasks' | 'nowMs'>,
): Promise<RegisteredTask> {
  return tasks.update(id, task => change(task, new Date(nowMs()).toISOString()));
}

/** The card as its maker wrote it (Markdown). @throws Problem task-not-found */
export async function readCard(
  id: string,
  { tasks, files }: Pick<Learning, 'tasks' | 'files'>,
): Promise<{ readonly task: RegisteredTask; readonly markdown: Readable }> {
  const task = await tasks.load(id);
  return { task, markdown: files.read(task.files['CARD.md']) };
}
