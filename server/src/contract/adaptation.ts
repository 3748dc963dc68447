import { z } from 'zod';
import { labelSchema, segmentationIdSchema, uidSchema } from './identifiers.ts';
import { taskClassSchema } from './task.ts';

/** What cases can be made of at most. */
const MOST_CASES = 256;
export const MOST_CLASSES = 32;

const objectShape = { seriesInstanceUID: uidSchema, sopInstanceUID: uidSchema };

export const caseRequestSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('workspace'), segmentationId: segmentationIdSchema }),
    z.strictObject({
      ...{ kind: z.literal('object'), studyInstanceUID: uidSchema },
      seriesInstanceUID: uidSchema.meta({ description: 'The images' }),
      object: z.strictObject(objectShape).meta({ description: 'The DICOM segmentation, in the same study' }),
    }),
  ])
  .meta({
    id: 'CaseRequest',
    description: 'Labels to learn from: a segmentation here, or one in the archive',
  });

export type CaseRequest = z.infer<typeof caseRequestSchema>;

export const adaptationMethodSchema = z
  .enum(['samed', 'vanilla', 'ma_sam', 'sam_adapter_3d', 'finetuned'])
  .meta({
    description:
      'What learns. `samed`: low-rank factors in the image encoder, and a new decoder. `vanilla`: a new decoder alone. `ma_sam`: adapters along the depth in the encoder (MA-SAM), and a new decoder. `sam_adapter_3d`: spatial adapters in the encoder and a decoder of several levels (3DSAM-adapter). `finetuned`: `parts` of the base, as `change` says (finetune-SAM), and a new last layer.',
  });

const partsSchema = z.enum(['encoder+decoder', 'decoder']);
const changeSchema = z.enum(['vanilla', 'adapter', 'LoRA']);
const SYNTHESIS =
  'Of the samples, those drawn again in the intensities of another case, guided by its labels (Cheap Lunch)';
const RANK = 'Of low-rank factors; of `samed` and `finetuned` alone';
const PARTS = 'What `finetuned` changes';
const CHANGE = 'How `finetuned` changes it: all weights, spatial adapters or low-rank factors';

const settingsShape = {
  steps: z.int().min(1).max(20_000).default(100),
  rank: z.int().min(1).max(64).default(4).meta({ description: RANK }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  folds: z.int().min(2).max(10).default(3),
  synthesisShare: z.number().min(0).max(1).default(0).meta({ description: SYNTHESIS }),
  parts: partsSchema.default('encoder+decoder').meta({ description: PARTS }),
  change: changeSchema.default('vanilla').meta({ description: CHANGE }),
};

/** Of a job: all of them, also those that its method does not know. */
export const adaptationSettingsSchema = z.strictObject({
  ...{ steps: z.int(), rank: z.int(), seed: z.int(), folds: z.int() },
  ...{ synthesisShare: z.number(), parts: partsSchema, change: changeSchema },
});

export const adaptationRequestSchema = z
  .strictObject({
    title: labelSchema,
    model: z.string().min(1).max(64).default('default'),
    method: adaptationMethodSchema.default('samed'),
    cases: z.array(caseRequestSchema).min(1).max(MOST_CASES),
    /** Labels of the segments to learn, whatever their case; absent: all that the cases have. */
    classes: z.array(labelSchema).min(1).max(MOST_CLASSES).exactOptional(),
    settings: z.strictObject(settingsShape).prefault({}),
  })
  .meta({ id: 'AdaptationRequest' });
export type AdaptationRequest = z.input<typeof adaptationRequestSchema>;

const previewWarningSchema = z.strictObject({
  code: z
    .enum([
      ...(['adaptation-leak', 'class-missing', 'mixed-modalities', 'patient-unknown'] as const),
      ...(['series-twice', 'case-refused', 'no-class', 'class-ambiguous'] as const),
      ...(['classes-overlap', 'patients-alike', 'class-unlearned', 'slices-missing'] as const),
    ])
    .meta({
      description:
        '`series-twice`: two cases are on the same images. Two volumes of one series, as phases are, are two cases of one patient. `patients-alike`: one name and birth date under several PatientIDs. `class-ambiguous`: one label for what is coded differently. `slices-missing`: the series has gaps; what lies in them is neither learned nor judged.',
    }),
  detail: z.string(),
  isFatal: z.boolean().meta({ description: 'A job with these cases would be refused' }),
});

const previewCaseSchema = z.strictObject({
  /** Place in the request, from 0. */
  index: z.int().min(0),
  patientKey: z
    .string()
    .meta({ description: 'Equal for cases of one patient; says nothing else of who that is' }),
  fold: z.int().min(1),
  modality: z.string(),
  labels: z.array(z.string()),
});

export const adaptationPreviewSchema = z
  .strictObject({
    canStart: z.boolean(),
    patients: z.int().min(0),
    modalities: z.array(z.string()),
    classes: z.array(taskClassSchema),
    /** Those that can be read. */
    cases: z.array(previewCaseSchema),
    warnings: z.array(previewWarningSchema),
  })
  .meta({ id: 'AdaptationPreview' });
export type AdaptationPreview = z.infer<typeof adaptationPreviewSchema>;

const progressShape = { phase: z.string(), step: z.int().min(0), steps: z.int().min(0) };

const adaptationStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queued'), attempts: z.int(), hasCheckpoint: z.boolean() }),
  z.strictObject({
    ...{ kind: z.literal('running'), attempts: z.int(), worker: z.string() },
    progress: z.strictObject(progressShape).nullable(),
  }),
  z.strictObject({ kind: z.literal('cancelling') }),
  z.strictObject({ kind: z.literal('cancelled') }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
  z.strictObject({ kind: z.literal('done'), taskId: z.string() }),
]);

const adaptationShape = {
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  title: z.string(),
  method: adaptationMethodSchema,
  base: z.strictObject({ model: z.string(), version: z.string() }),
  modalities: z.array(z.string()),
  classes: z.array(taskClassSchema),
  settings: adaptationSettingsSchema,
  caseCount: z.int(),
  state: adaptationStateSchema,
};

export const adaptationSchema = z.strictObject(adaptationShape).meta({ id: 'Adaptation' });
export type AdaptationContract = z.infer<typeof adaptationSchema>;

const curvePointSchema = z.strictObject({
  ...progressShape,
  loss: z.number().exactOptional(),
  dice: z.number().exactOptional(),
});

export const adaptationDetailSchema = z
  .strictObject({
    ...adaptationShape,
    /** In the order reported. */
    curve: z.array(curvePointSchema),
    log: z.array(z.strictObject({ at: z.iso.datetime(), line: z.string() })),
  })
  .meta({ id: 'AdaptationDetail' });
export type AdaptationDetail = z.infer<typeof adaptationDetailSchema>;

export const adaptationListSchema = z
  .strictObject({
    /** Newest first. */
    adaptations: z.array(adaptationSchema),
    /** Training workers heard of in the last minute; without any, jobs wait. */
    workers: z.array(z.string()),
    outdatedWorkers: z
      .array(z.strictObject({ name: z.string(), reason: z.string() }))
      .meta({ description: 'Heard of as lately, and given no job: their version does not fit the server’s' }),
  })
  .meta({ id: 'AdaptationList' });
export type AdaptationList = z.infer<typeof adaptationListSchema>;
