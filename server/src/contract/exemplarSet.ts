import { z } from 'zod';
import { MOST_CLASSES, caseRequestSchema } from './adaptation.ts';
import { imageReferenceSchema, labelSchema, uidSchema } from './identifiers.ts';
import { taskClassSchema } from './task.ts';

/** Each is compared with at every run. */
const MOST_EXEMPLARS = 16;

export const exemplarSetRequestSchema = z
  .strictObject({
    title: labelSchema,
    model: z.string().min(1).max(64).default('default'),
    cases: z.array(caseRequestSchema).min(1).max(MOST_EXEMPLARS),
    /** Labels of the segments that are meant, whatever their case; absent: all that the cases have. */
    classes: z.array(labelSchema).min(1).max(MOST_CLASSES).exactOptional(),
  })
  .meta({ id: 'ExemplarSetRequest' });
export type ExemplarSetRequest = z.input<typeof exemplarSetRequestSchema>;

const exemplarSchema = z.strictObject({
  /** Place in the request, from 0. */
  index: z.int().min(0),
  patientKey: z
    .string()
    .meta({ description: 'Equal for cases of one patient; says nothing else of who that is' }),
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  image: z.exactOptional(imageReferenceSchema),
  modality: z.string(),
  labels: z.array(z.string()),
});

export const exemplarSetSchema = z
  .strictObject({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    title: z.string(),
    model: z.strictObject({ model: z.string(), version: z.string() }),
    modalities: z.array(z.string()),
    classes: z.array(taskClassSchema),
    cases: z.array(exemplarSchema),
    warnings: z.array(
      z.strictObject({
        code: z.enum(['class-missing', 'series-twice', 'one-patient']).meta({
          description: '`series-twice`: two cases are on the same images; two phases of one series are not.',
        }),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'ExemplarSet' });
export type ExemplarSetContract = z.infer<typeof exemplarSetSchema>;

export const exemplarSetListSchema = z
  .strictObject({ exemplarSets: z.array(exemplarSetSchema).meta({ description: 'Newest first' }) })
  .meta({ id: 'ExemplarSetList' });
export type ExemplarSetList = z.infer<typeof exemplarSetListSchema>;
