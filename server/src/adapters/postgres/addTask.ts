import type { RegisteredTask } from '../../domain/task.ts';
import type { SqlSession } from '../../ports/sqlDatabase.ts';

/** Within a transaction. @returns false, and nothing is changed, when there is a task of this id */
export async function addTask(session: SqlSession, task: RegisteredTask): Promise<boolean> {
  const added = await session.query(
    'INSERT INTO tasks VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id',
    [task.description.id, task.history[0].at, JSON.stringify(task)],
  );
  return added.length > 0;
}
