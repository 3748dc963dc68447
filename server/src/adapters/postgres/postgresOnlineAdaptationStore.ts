import { Problem } from '../../domain/errors.ts';
import type { Lesson } from '../../domain/online/lesson.ts';
import type {
  AdaptationKey,
  AdaptationScope,
  OnlineAdaptation,
} from '../../domain/online/onlineAdaptation.ts';
import type { OnlineAdaptationStore } from '../../ports/onlineAdaptationStore.ts';
import type { SqlDatabase, SqlSession } from '../../ports/sqlDatabase.ts';
import { lessonOfRow, lessonId, type LessonRow } from './lessonRow.ts';
import {
  onlineAdaptationOfRow,
  rowOfOnlineAdaptation,
  type OnlineAdaptationRow,
} from './onlineAdaptationRow.ts';

/** The very version of a segment that a lesson is of; parameters are those of `lessonId`. */
const THE_LESSON =
  'tenant = $1 AND user_group = $2 AND segmentation_id = $3 AND segment_number = $4 AND version = $5';

/** In any database that speaks PostgreSQL; the tables are there (migrations.ts). */
export class PostgresOnlineAdaptationStore implements OnlineAdaptationStore {
  constructor(private readonly database: SqlDatabase) {}

  async list({ tenant, userGroup }: AdaptationScope): Promise<readonly OnlineAdaptation[]> {
    const rows = await this.database.query<OnlineAdaptationRow>(
      `SELECT * FROM online_adaptations WHERE tenant = $1 AND user_group = $2 ORDER BY updated_at DESC, id`,
      [tenant, userGroup],
    );
    return rows.flatMap(row => onlineAdaptationOfRow(row) ?? []);
  }

  async find(key: AdaptationKey): Promise<OnlineAdaptation | undefined> {
    const rows = await this.database.query<OnlineAdaptationRow>(
      `SELECT * FROM online_adaptations WHERE tenant = $1 AND user_group = $2 AND task = $3 AND modality = $4
         AND model_id = $5 AND model_version = $6`,
      [key.tenant, key.userGroup, key.task, key.modality, key.modelId, key.modelVersion],
    );
    return rows[0] && onlineAdaptationOfRow(rows[0]);
  }

  async note(lessons: readonly Lesson[], most: number): Promise<void> {
    await this.database.transaction(async session => {
      for (const lesson of lessons) {
        const { task, modality, modelId, modelVersion, tenant, userGroup } = lesson.key;
        await session.query(
          `INSERT INTO online_lessons (tenant, user_group, segmentation_id, segment_number, version,
             task, modality, model_id, model_version, tries)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
          [...lessonId(lesson), task, modality, modelId, modelVersion, lesson.tries],
        );
        await session.query(
          `DELETE FROM online_lessons WHERE number IN (
             SELECT number FROM online_lessons WHERE tenant = $1 AND user_group = $2
             ORDER BY number DESC OFFSET $3)`,
          [tenant, userGroup, most],
        );
      }
    });
  }

  async lessons({ tenant, userGroup }: AdaptationScope): Promise<readonly Lesson[]> {
    const rows = await this.database.query<LessonRow>(
      'SELECT * FROM online_lessons WHERE tenant = $1 AND user_group = $2 ORDER BY number',
      [tenant, userGroup],
    );
    return rows.map(lessonOfRow);
  }

  async noteTries(lesson: Lesson, tries: number): Promise<boolean> {
    const noted = await this.database.transaction(session =>
      session.query(`UPDATE online_lessons SET tries = $6 WHERE ${THE_LESSON} RETURNING number`, [
        ...lessonId(lesson),
        tries,
      ]),
    );
    return noted.length > 0;
  }

  learn(lesson: Lesson, adaptation: OnlineAdaptation, most: number): Promise<boolean> {
    return this.database.transaction(async session => {
      const isNoted = await session.query(`DELETE FROM online_lessons WHERE ${THE_LESSON} RETURNING number`, [
        ...lessonId(lesson),
      ]);
      if (isNoted.length === 0) return false;
      await session.query(
        `DELETE FROM online_lessons WHERE tenant = $1 AND user_group = $2 AND segmentation_id = $3
           AND segment_number = $4 AND version < $5`,
        lessonId(lesson),
      );
      await save(session, adaptation, most);
      return true;
    });
  }

  async drop(lesson: Lesson): Promise<void> {
    await this.database.transaction(session =>
      session.query(`DELETE FROM online_lessons WHERE ${THE_LESSON}`, lessonId(lesson)),
    );
  }

  async remove({ tenant, userGroup }: AdaptationScope, id: string): Promise<void> {
    await this.database.transaction(async session => {
      const [removed] = await session.query<OnlineAdaptationRow>(
        'DELETE FROM online_adaptations WHERE id = $1 AND tenant = $2 AND user_group = $3 RETURNING *',
        [id, tenant, userGroup],
      );
      if (!removed) {
        throw new Problem('online-adaptation-not-found', 'It was reset already, or is not yours.');
      }
      await session.query(
        `DELETE FROM online_lessons WHERE tenant = $1 AND user_group = $2 AND task = $3 AND modality = $4
           AND model_id = $5 AND model_version = $6`,
        [tenant, userGroup, removed.task, removed.modality, removed.model_id, removed.model_version],
      );
    });
  }
}

async function save(session: SqlSession, adaptation: OnlineAdaptation, most: number): Promise<void> {
  const row = rowOfOnlineAdaptation(adaptation);
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
}
