import { z } from 'zod';
import { imageReferenceSchema, uidSchema } from './identifiers.ts';
import { taskIdSchema } from './task.ts';

/** Some minutes to hours of work; more is asked for in several rankings. */
export const MOST_RANKED = 200;

export const rankingIdSchema = z.uuid().meta({ description: 'Ranking id' });

const candidateSchema = z.strictObject({
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  image: z.exactOptional(imageReferenceSchema),
});

export const annotationRankingRequestSchema = z
  .strictObject({
    origin: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('task'), taskId: taskIdSchema }),
        z.strictObject({ kind: z.literal('exemplar-set'), exemplarSetId: z.uuid() }),
      ])
      .meta({ description: 'What is unsure: a promoted task, or an exemplar set of two cases at least' }),
    series: z.array(candidateSchema).min(1).max(MOST_RANKED).meta({ description: 'Each once' }),
  })
  .meta({ id: 'AnnotationRankingRequest' });
export type AnnotationRankingRequest = z.input<typeof annotationRankingRequestSchema>;

const diceSchema = z.number().min(0).max(1);

const agreementSchema = z
  .strictObject({
    among: z.enum(['copies', 'versions', 'parts']).meta({
      description:
        'Answers of one task to slightly changed copies of the series; of several promoted tasks with the same ' +
        'classes; of parts of an exemplar set',
    }),
    answers: z.int().min(2),
    meanDice: diceSchema.nullable(),
    perClass: z.array(z.strictObject({ label: z.string(), dice: diceSchema.nullable() })).meta({
      description: 'Mean Dice of all pairs of answers; null where none of them finds the class',
    }),
  })
  .meta({ id: 'Agreement' });

export const rankedSeriesSchema = z
  .strictObject({
    ...candidateSchema.shape,
    rank: z.int().min(1).nullable().meta({ description: 'From 1; null where nothing was compared' }),
    score: diceSchema.nullable().meta({
      description:
        'How unsure the model is: 1 − the least mean Dice of the agreements, 0 where all answers are alike. It ' +
        'compares series with each other; it is no estimate of the error',
    }),
    outcome: z.enum(['waiting', 'compared', 'left-out', 'annotated']),
    reason: z.string().meta({ description: 'Why it is at its place, in words' }),
    agreements: z.array(agreementSchema),
  })
  .meta({ id: 'RankedSeries' });
export type RankedSeriesContract = z.infer<typeof rankedSeriesSchema>;

const rankingStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['queued', 'running', 'done', 'cancelled']) }),
  z.strictObject({ kind: z.literal('failed'), code: z.string(), detail: z.string() }),
]);

export const annotationRankingSchema = z
  .strictObject({
    id: rankingIdSchema,
    createdAt: z.iso.datetime(),
    taskId: z.exactOptional(taskIdSchema),
    exemplarSetId: z.exactOptional(z.uuid()),
    title: z.string().meta({ description: 'Of the task or the set' }),
    classes: z.array(z.string()),
    state: rankingStateSchema,
    progress: z.number().min(0).max(1),
    series: z.array(rankedSeriesSchema).meta({
      description: 'What to annotate first comes first; what is annotated already comes last',
    }),
  })
  .meta({
    id: 'AnnotationRanking',
    description: 'Of a task or of an exemplar set: one of both ids is there',
  });
export type AnnotationRankingContract = z.infer<typeof annotationRankingSchema>;

export const annotationRankingListSchema = z
  .strictObject({ rankings: z.array(annotationRankingSchema).meta({ description: 'Newest first' }) })
  .meta({ id: 'AnnotationRankingList' });
export type AnnotationRankingList = z.infer<typeof annotationRankingListSchema>;
