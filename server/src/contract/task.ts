import { z } from 'zod';
import { labelSchema } from './identifiers.ts';
import { codeSchema } from './terms.ts';

export const taskIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
  .meta({ description: 'Task id' });

export const taskClassSchema = z
  .strictObject({ label: labelSchema, category: codeSchema, type: codeSchema })
  .meta({ id: 'TaskClass' });

export const taskQualitySchema = z
  .strictObject({
    kind: z.literal('cross-validation'),
    folds: z.int().min(2),
    cases: z.int().min(2),
    patients: z.int().min(2),
    perClass: z.array(
      z.strictObject({
        label: z.string(),
        dice: z.number().min(0).max(1).nullable(),
        ci95: z.tuple([z.number(), z.number()]).nullable(),
      }),
    ),
    meanDice: z.number().min(0).max(1),
  })
  .meta({
    id: 'TaskQuality',
    description: 'On held-back patients: what may be expected, not what was learned',
  });

export const taskStateSchema = z.enum(['candidate', 'promoted', 'retired']).meta({
  description: 'Only a promoted task is run; retiring and promoting again can be repeated',
});

export const taskSchema = z
  .strictObject({
    id: taskIdSchema,
    title: z.string(),
    state: taskStateSchema,
    history: z.array(z.strictObject({ state: taskStateSchema, at: z.iso.datetime() })),
    method: z.string(),
    base: z.strictObject({ model: z.string(), version: z.string() }),
    /** The base is in the zoo as it was when the task was made. */
    isRunnable: z.boolean(),
    modalities: z.array(z.string()),
    classes: z.array(taskClassSchema),
    quality: taskQualitySchema,
    licence: z.strictObject({ spdx: z.string(), name: z.string() }),
    intendedUse: z.string(),
    /** The job that made it; null where it came with the zoo. */
    adaptationId: z.uuid().nullable(),
  })
  .meta({ id: 'Task' });
export type TaskContract = z.infer<typeof taskSchema>;

export const taskListSchema = z.strictObject({ tasks: z.array(taskSchema) }).meta({ id: 'TaskList' });
export type TaskList = z.infer<typeof taskListSchema>;
