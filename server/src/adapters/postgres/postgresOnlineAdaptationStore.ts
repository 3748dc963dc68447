import { Problem } from '../../domain/errors.ts';
import type {
  AdaptationKey,
  AdaptationScope,
  OnlineAdaptation,
} from '../../domain/online/onlineAdaptation.ts';
import type { OnlineAdaptationStore } from '../../ports/onlineAdaptationStore.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import {
  onlineAdaptationOfRow,
  rowOfOnlineAdaptation,
  type OnlineAdaptationRow,
} from './onlineAdaptationRow.ts';

/** In any database that speaks PostgreSQL; the table is there (migrations.ts). */
export class PostgresOnlineAdaptationStore implements OnlineAdaptationStore {
  constructor(private readonly database: SqlDatabase) {}

  async list({ tenant, userGroup }: AdaptationScope): Promise<readonly OnlineAdaptation[]> {
    const rows = await this.database.query<OnlineAdaptationRow>(
      `SELECT * FROM online_adaptations WHERE tenant = $1 AND user_group = $2 ORDER BY updated_at DESC, id`,
      [tenant, userGroup],
    );
    return rows.map(onlineAdaptationOfRow);
  }

  async find(key: AdaptationKey): Promise<OnlineAdaptation | undefined> {
    const rows = await this.database.query<OnlineAdaptationRow>(
      `SELECT * FROM online_adaptations WHERE tenant = $1 AND user_group = $2 AND task = $3 AND modality = $4
         AND model_id = $5 AND model_version = $6`,
      [key.tenant, key.userGroup, key.task, key.modality, key.modelId, key.modelVersion],
    );
    return rows[0] && onlineAdaptationOfRow(rows[0]);
  }

  async save(adaptation: OnlineAdaptation, most: number): Promise<void> {
    const row = rowOfOnlineAdaptation(adaptation);
    await this.database.transaction(async session => {
      await session.query(
        `INSERT INTO online_adaptations VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant, user_group, task, modality, model_id, model_version) DO UPDATE SET
           id = EXCLUDED.id, updated_at = EXCLUDED.updated_at, body = EXCLUDED.body, evidence = EXCLUDED.evidence`,
        [
          ...[row.id, row.tenant, row.user_group, row.task, row.modality, row.model_id, row.model_version],
          ...[adaptation.updatedAt, JSON.stringify(row.body), row.evidence],
        ],
      );
      await session.query(
        `DELETE FROM online_adaptations WHERE id IN (
           SELECT id FROM online_adaptations WHERE tenant = $1 AND user_group = $2
           ORDER BY updated_at DESC, id OFFSET $3)`,
        [row.tenant, row.user_group, most],
      );
    });
  }

  async remove({ tenant, userGroup }: AdaptationScope, id: string): Promise<void> {
    const removed = await this.database.transaction(session =>
      session.query<{ id: string }>(
        'DELETE FROM online_adaptations WHERE id = $1 AND tenant = $2 AND user_group = $3 RETURNING id',
        [id, tenant, userGroup],
      ),
    );
    if (removed.length === 0) {
      throw new Problem('online-adaptation-not-found', 'It was reset already, or is not yours.');
    }
  }
}
