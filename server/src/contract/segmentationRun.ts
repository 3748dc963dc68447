import { z } from 'zod';
import { imageReferenceSchema, segmentationIdSchema, uidSchema } from './identifiers.ts';
import { taskIdSchema } from './task.ts';

/** What a task, or an exemplar set, is to segment. */
export const runTaskRequestSchema = z
  .strictObject({
    studyInstanceUID: uidSchema,
    seriesInstanceUID: uidSchema,
    image: z.exactOptional(imageReferenceSchema),
    segmentationId: z.exactOptional(segmentationIdSchema).meta({
      description: 'A segmentation of the series that the found segments are added to; absent: a new one',
    }),
  })
  .meta({ id: 'RunTaskRequest' });

const runStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('running'),
    /** Between 0 and 1. */
    progress: z.number().min(0).max(1),
  }),
  z.strictObject({ kind: z.literal('done'), segmentationId: segmentationIdSchema }),
  z.strictObject({ kind: z.literal('cancelled') }),
  z.strictObject({ kind: z.literal('failed'), code: z.string(), detail: z.string() }),
]);

export const taskRunSchema = z
  .strictObject({
    id: z.uuid(),
    taskId: z.exactOptional(taskIdSchema).meta({ description: 'The task that runs' }),
    exemplarSetId: z.exactOptional(z.uuid()).meta({ description: 'The exemplar set that runs' }),
    warnings: z
      .array(
        z.strictObject({ code: z.enum(['series-is-exemplar', 'series-was-learned']), detail: z.string() }),
      )
      .meta({ description: 'What is to be known before what is found is believed' }),
    state: runStateSchema,
  })
  .meta({ id: 'TaskRun', description: 'Of a task or of an exemplar set: one of both ids is there' });
export type TaskRunContract = z.infer<typeof taskRunSchema>;
