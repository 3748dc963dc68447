import { z } from 'zod';
import { adaptationMethodSchema, adaptationSettingsSchema } from './adaptation.ts';
import { taskClassSchema } from './task.ts';

/** Without what text in a database cannot hold: hours of training do not end for a character in a log. */
const spokenSchema = z.string().overwrite(text => text.replaceAll('\0', '').replace(/\p{Cs}/gu, '\ufffd'));
const textSchema = spokenSchema.max(2000);

export const claimRequestSchema = z
  .strictObject({
    worker: spokenSchema.trim().min(1).max(64),
    methods: z.array(adaptationMethodSchema).min(1),
    protocol: z.int().exactOptional().meta({
      description:
        'How the worker and the server deal with each other; another than the server’s gets no job',
    }),
    bases: z
      .array(z.strictObject({ model: z.string().max(64), version: z.string().max(64) }))
      .max(64)
      .exactOptional()
      .meta({ description: 'What the worker can learn on; jobs on other versions wait for another worker' }),
  })
  .meta({ id: 'ClaimRequest' });

/** Addresses are relative to the root of the server and hold the lease. */
export const claimedAdaptationSchema = z
  .strictObject({
    id: z.uuid(),
    leaseId: z.uuid(),
    leaseSeconds: z.number(),
    method: adaptationMethodSchema,
    base: z.strictObject({ model: z.string(), version: z.string() }),
    title: z.string(),
    modalities: z.array(z.string()),
    classes: z.array(taskClassSchema),
    settings: adaptationSettingsSchema,
    cases: z.array(
      z.strictObject({
        ...{ caseId: z.uuid(), patientKey: z.string(), fold: z.int().min(1) },
        ...{ imageUrl: z.string(), labelmapUrl: z.string() },
      }),
    ),
    /** Null: begin anew. */
    checkpointUrl: z.string().nullable(),
  })
  .meta({ id: 'ClaimedAdaptation' });
export type ClaimedAdaptation = z.infer<typeof claimedAdaptationSchema>;

const leaseShape = { leaseId: z.uuid() };
export const leaseQuerySchema = z.object(leaseShape);

export const trainingReportSchema = z
  .strictObject({
    ...leaseShape,
    phase: spokenSchema.max(200),
    step: z.int().min(0),
    steps: z.int().min(0),
    loss: z.number().exactOptional(),
    dice: z.number().exactOptional(),
    line: textSchema.exactOptional(),
  })
  .meta({ id: 'TrainingReport', description: 'Renews the lease' });

export const reportReplySchema = z
  .strictObject({ cancel: z.boolean().meta({ description: 'Stop, and say so by `fail`' }) })
  .meta({ id: 'ReportReply' });

export const completionSchema = z.strictObject(leaseShape).meta({ id: 'Completion' });
export const completionReplySchema = z.strictObject({ taskId: z.string() }).meta({ id: 'CompletionReply' });

export const failureSchema = z
  .strictObject({ ...leaseShape, reason: textSchema.min(1) })
  .meta({ id: 'AdaptationFailure' });
