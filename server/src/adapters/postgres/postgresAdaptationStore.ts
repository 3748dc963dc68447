import type { Adaptation, TrainingReport } from '../../domain/adaptation.ts';
import { Problem } from '../../domain/errors.ts';
import type { RegisteredTask } from '../../domain/task.ts';
import type { AdaptationStore, WantedJobs } from '../../ports/adaptationStore.ts';
import type { SqlDatabase, SqlSession } from '../../ports/sqlDatabase.ts';
import { addTask } from './addTask.ts';
import { adaptationRow, reportRow } from './adaptationRow.ts';

/** Of one job: enough for curves of some thousand points, and as many lines of the log. */
const MOST_REPORTS = 4000;

interface BodyRow {
  readonly body: unknown;
}

/** Jobs in any database that speaks PostgreSQL; the tables are there (migrations.ts). */
export class PostgresAdaptationStore implements AdaptationStore {
  constructor(
    private readonly database: SqlDatabase,
    private readonly mostReports = MOST_REPORTS,
  ) {}

  async create(job: Adaptation): Promise<void> {
    await this.database.transaction(session =>
      session.query('INSERT INTO adaptations VALUES ($1, $2, $3, $4, $5, $6)', [
        ...[job.id, job.createdAt, job.method, job.state.kind, leaseEndOf(job), JSON.stringify(job)],
      ]),
    );
  }

  async list({ limit, offset }: { limit: number; offset: number }): Promise<readonly Adaptation[]> {
    const rows = await this.database.query<BodyRow>(
      'SELECT body FROM adaptations ORDER BY created_at DESC, id LIMIT $1 OFFSET $2',
      [limit, offset],
    );
    return rows.map(({ body }) => adaptationRow.parse(body));
  }

  async load(id: string): Promise<Adaptation> {
    const rows = await this.database.query<BodyRow>('SELECT body FROM adaptations WHERE id = $1', [id]);
    return jobOf(rows);
  }

  update(id: string, change: (job: Adaptation) => Adaptation): Promise<Adaptation> {
    return this.database.transaction(async session => replace(session, change(await locked(session, id))));
  }

  complete(id: string, change: (job: Adaptation) => Adaptation, task: RegisteredTask): Promise<boolean> {
    return this.database.transaction(async session => {
      const completed = change(await locked(session, id));
      if (!(await addTask(session, task))) return false;
      await replace(session, completed);
      return true;
    });
  }

  claimNext(
    { methods, lacking }: WantedJobs,
    change: (job: Adaptation) => Adaptation,
  ): Promise<Adaptation | undefined> {
    return this.database.transaction(async session => {
      const rows = await session.query<BodyRow>(
        `SELECT body FROM adaptations WHERE state = 'queued' AND method = ANY($1)
           AND NOT $2::jsonb @> jsonb_build_array(body -> 'base')
         ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [methods, JSON.stringify(lacking)],
      );
      return rows.length === 0 ? undefined : replace(session, change(jobOf(rows)));
    });
  }

  async expiredAt(nowMs: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM adaptations WHERE lease_expires_ms <= $1',
      [nowMs],
    );
    return rows.map(({ id }) => id);
  }

  async report(id: string, report: TrainingReport): Promise<void> {
    await this.database.transaction(async session => {
      await session.query('INSERT INTO training_reports (adaptation_id, body) VALUES ($1, $2)', [
        ...[id, JSON.stringify(report)],
      ]);
      // Points come twice a second, and would push out the lines with what became of each case.
      const isPoint = report.line === undefined;
      await session.query(
        `DELETE FROM training_reports WHERE adaptation_id = $1 AND ((body ->> 'line') IS NULL) = $3 AND number <=
           (SELECT number FROM training_reports WHERE adaptation_id = $1 AND ((body ->> 'line') IS NULL) = $3
            ORDER BY number DESC OFFSET $2 LIMIT 1)`,
        [id, this.mostReports, isPoint],
      );
    });
  }

  async reports(id: string): Promise<readonly TrainingReport[]> {
    const rows = await this.database.query<BodyRow>(
      'SELECT body FROM training_reports WHERE adaptation_id = $1 ORDER BY number',
      [id],
    );
    return rows.map(({ body }) => reportRow.parse(body));
  }

  async filesInUse(): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<BodyRow>(
      `SELECT body FROM adaptations WHERE state IN ('queued', 'running')`,
    );
    return new Set(
      rows.flatMap(({ body }) => {
        const { cases, state } = adaptationRow.parse(body);
        return [
          ...cases.map(({ labelmapSha256 }) => labelmapSha256),
          ...('checkpointSha256' in state && state.checkpointSha256 !== undefined
            ? [state.checkpointSha256]
            : []),
          ...(state.kind === 'running' ? Object.values(state.files) : []),
        ];
      }),
    );
  }
}

/** As it is, until the transaction ends. */
async function locked(session: SqlSession, id: string): Promise<Adaptation> {
  return jobOf(await session.query<BodyRow>('SELECT body FROM adaptations WHERE id = $1 FOR UPDATE', [id]));
}

async function replace(session: SqlSession, job: Adaptation): Promise<Adaptation> {
  await session.query('UPDATE adaptations SET state = $2, lease_expires_ms = $3, body = $4 WHERE id = $1', [
    ...[job.id, job.state.kind, leaseEndOf(job), JSON.stringify(job)],
  ]);
  return job;
}

function leaseEndOf({ state }: Adaptation): number | null {
  return 'lease' in state ? state.lease.expiresMs : null;
}

function jobOf(rows: readonly BodyRow[]): Adaptation {
  if (!rows[0]) throw new Problem('adaptation-not-found', 'Choose one of the jobs that are listed.');
  return adaptationRow.parse(rows[0].body);
}
