import { hasEnded, type AnnotationRanking } from '../../domain/annotationRanking.ts';
import { Problem } from '../../domain/errors.ts';
import type { AdaptationScope } from '../../domain/online/onlineAdaptation.ts';
import type { AnnotationRankingStore } from '../../ports/annotationRankingStore.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import { annotationRankingRow } from './annotationRankingRow.ts';

interface BodyRow {
  readonly body: unknown;
}

const OF_SCOPE = 'tenant = $1 AND user_group = $2';
const ONE = `${OF_SCOPE} AND id = $3`;

/** Rankings in any database that speaks PostgreSQL; the table is there (migrations.ts). */
export class PostgresAnnotationRankingStore implements AnnotationRankingStore {
  constructor(private readonly database: SqlDatabase) {}

  async create(ranking: AnnotationRanking, most: number): Promise<void> {
    const { id, scope, createdAt } = ranking;
    await this.database.transaction(async session => {
      await session.query('INSERT INTO annotation_rankings VALUES ($1, $2, $3, $4, $5, $6)', [
        ...[id, scope.tenant, scope.userGroup, createdAt, hasEnded(ranking), JSON.stringify(ranking)],
      ]);
      await session.query(
        `DELETE FROM annotation_rankings WHERE has_ended AND id IN (
           SELECT id FROM annotation_rankings WHERE ${OF_SCOPE} ORDER BY created_at DESC, id OFFSET $3)`,
        [scope.tenant, scope.userGroup, most],
      );
    });
  }

  async list({ tenant, userGroup }: AdaptationScope, limit: number): Promise<readonly AnnotationRanking[]> {
    const rows = await this.database.query<BodyRow>(
      `SELECT body FROM annotation_rankings WHERE ${OF_SCOPE} ORDER BY created_at DESC, id LIMIT $3`,
      [tenant, userGroup, limit],
    );
    return rows.map(({ body }) => annotationRankingRow.parse(body));
  }

  async load({ tenant, userGroup }: AdaptationScope, id: string): Promise<AnnotationRanking> {
    const rows = await this.database.query<BodyRow>(`SELECT body FROM annotation_rankings WHERE ${ONE}`, [
      ...[tenant, userGroup, id],
    ]);
    return rankingOf(rows);
  }

  update(
    { tenant, userGroup }: AdaptationScope,
    id: string,
    change: (ranking: AnnotationRanking) => AnnotationRanking,
  ): Promise<AnnotationRanking> {
    return this.database.transaction(async session => {
      const rows = await session.query<BodyRow>(
        `SELECT body FROM annotation_rankings WHERE ${ONE} FOR UPDATE`,
        [tenant, userGroup, id],
      );
      const ranking = change(rankingOf(rows));
      await session.query('UPDATE annotation_rankings SET has_ended = $2, body = $3 WHERE id = $1', [
        ...[id, hasEnded(ranking), JSON.stringify(ranking)],
      ]);
      return ranking;
    });
  }

  async remove({ tenant, userGroup }: AdaptationScope, id: string): Promise<void> {
    await this.database.transaction(async session => {
      const removed = await session.query(`DELETE FROM annotation_rankings WHERE ${ONE} RETURNING id`, [
        ...[tenant, userGroup, id],
      ]);
      if (removed.length === 0) throw notFound();
    });
  }

  async nextOpen(): Promise<AnnotationRanking | undefined> {
    const rows = await this.database.query<BodyRow>(
      'SELECT body FROM annotation_rankings WHERE NOT has_ended ORDER BY created_at, id LIMIT 1',
    );
    return rows[0] && annotationRankingRow.parse(rows[0].body);
  }
}

function rankingOf(rows: readonly BodyRow[]): AnnotationRanking {
  if (!rows[0]) throw notFound();
  return annotationRankingRow.parse(rows[0].body);
}

function notFound(): Problem {
  return new Problem('annotation-ranking-not-found', 'It was deleted, or is not yours. List the rankings.');
}
