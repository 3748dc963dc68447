import { Problem } from '../../domain/errors.ts';
import type { RegisteredTask } from '../../domain/task.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import type { TaskRegistry } from '../../ports/taskRegistry.ts';
import { addTask } from './addTask.ts';
import { taskRow } from './taskRow.ts';

interface BodyRow {
  readonly body: unknown;
}

/** Tasks in any database that speaks PostgreSQL; the table is there (migrations.ts). */
export class PostgresTaskRegistry implements TaskRegistry {
  constructor(private readonly database: SqlDatabase) {}

  async list(): Promise<readonly RegisteredTask[]> {
    const rows = await this.database.query<BodyRow>('SELECT body FROM tasks ORDER BY registered_at DESC, id');
    return rows.map(({ body }) => taskRow.parse(body));
  }

  async load(id: string): Promise<RegisteredTask> {
    return taskOf(await this.database.query<BodyRow>('SELECT body FROM tasks WHERE id = $1', [id]));
  }

  register(task: RegisteredTask): Promise<boolean> {
    return this.database.transaction(session => addTask(session, task));
  }

  update(id: string, change: (task: RegisteredTask) => RegisteredTask): Promise<RegisteredTask> {
    return this.database.transaction(async session => {
      const rows = await session.query<BodyRow>('SELECT body FROM tasks WHERE id = $1 FOR UPDATE', [id]);
      const changed = change(taskOf(rows));
      await session.query('UPDATE tasks SET body = $2 WHERE id = $1', [id, JSON.stringify(changed)]);
      return changed;
    });
  }
}

function taskOf(rows: readonly BodyRow[]): RegisteredTask {
  if (!rows[0]) throw new Problem('task-not-found', 'Choose one of the tasks that are listed.');
  return taskRow.parse(rows[0].body);
}
