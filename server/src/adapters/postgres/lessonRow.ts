import type { Lesson } from '../../domain/online/lesson.ts';

/** A lesson as its table holds it. */
export interface LessonRow {
  readonly tenant: string;
  readonly user_group: string;
  readonly segmentation_id: string;
  readonly segment_number: number;
  readonly version: number;
  readonly task: string;
  readonly modality: string;
  readonly model_id: string;
  readonly model_version: string;
  readonly tries: number;
}

export function lessonOfRow(row: LessonRow): Lesson {
  return {
    key: {
      ...{ tenant: row.tenant, userGroup: row.user_group, task: row.task, modality: row.modality },
      ...{ modelId: row.model_id, modelVersion: row.model_version },
    },
    ...{ segmentationId: row.segmentation_id, segmentNumber: row.segment_number },
    ...{ version: row.version, tries: row.tries },
  };
}

/** The primary key: tenant, user_group, segmentation_id, segment_number, version. */
export function lessonId({ key, segmentationId, segmentNumber, version }: Lesson): readonly unknown[] {
  return [key.tenant, key.userGroup, segmentationId, segmentNumber, version];
}
