import { Problem } from '../../domain/errors.ts';
import type { ExemplarSet } from '../../domain/exemplarSet.ts';
import type { ExemplarSetStore } from '../../ports/exemplarSetStore.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import { exemplarSetRow } from './exemplarSetRow.ts';

interface BodyRow {
  readonly body: unknown;
}

/** Exemplar sets in any database that speaks PostgreSQL; the table is there (migrations.ts). */
export class PostgresExemplarSetStore implements ExemplarSetStore {
  constructor(private readonly database: SqlDatabase) {}

  async create(set: ExemplarSet): Promise<void> {
    await this.database.transaction(session =>
      session.query('INSERT INTO exemplar_sets VALUES ($1, $2, $3)', [
        ...[set.id, set.createdAt, JSON.stringify(set)],
      ]),
    );
  }

  async list(): Promise<readonly ExemplarSet[]> {
    const rows = await this.database.query<BodyRow>(
      'SELECT body FROM exemplar_sets ORDER BY created_at DESC, id',
    );
    return rows.map(({ body }) => exemplarSetRow.parse(body));
  }

  async load(id: string): Promise<ExemplarSet> {
    const rows = await this.database.query<BodyRow>('SELECT body FROM exemplar_sets WHERE id = $1', [id]);
    if (!rows[0]) throw exemplarSetNotFound();
    return exemplarSetRow.parse(rows[0].body);
  }

  async remove(id: string): Promise<void> {
    await this.database.transaction(async session => {
      const removed = await session.query('DELETE FROM exemplar_sets WHERE id = $1 RETURNING id', [id]);
      if (removed.length === 0) throw exemplarSetNotFound();
    });
  }
}

function exemplarSetNotFound(): Problem {
  return new Problem('exemplar-set-not-found', 'Choose one of the sets that are listed.');
}
