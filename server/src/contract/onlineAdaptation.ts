import { z } from 'zod';

export const onlineAdaptationIdSchema = z.uuid().meta({ description: 'Id of what was learned of one task' });

/** What an answer was fused with. */
export const appliedAdaptationSchema = z
  .strictObject({
    adaptationId: onlineAdaptationIdSchema,
    label: z.string(),
    /** Accepted cases that it was learned from. */
    caseCount: z.int().min(1),
  })
  .meta({ id: 'AppliedAdaptation' });
export type AppliedAdaptationContract = z.infer<typeof appliedAdaptationSchema>;

const heldBackSchema = z.strictObject({ frozen: z.number().min(0).max(1), fused: z.number().min(0).max(1) });

export const onlineAdaptationSchema = z
  .strictObject({
    id: onlineAdaptationIdSchema,
    label: z.string(),
    modality: z.string(),
    model: z.strictObject({ id: z.string(), version: z.string() }),
    caseCount: z.int().min(0),
    state: z.enum(['fused', 'unproven', 'guarded']).meta({
      description:
        'fused: answers to a first click are corrected by it. unproven: it has not been shown yet to be of use. ' +
        'guarded: the latest cases would have become worse, so that the model answers alone',
    }),
    heldBack: z.array(heldBackSchema).meta({
      description:
        'Dice of the first answers to accepted cases, each before it was learned from, by what other patients had ' +
        'taught, oldest first: of the model alone, and fused as much as is best now',
    }),
    ...{ createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() },
  })
  .meta({ id: 'OnlineAdaptation' });
export type OnlineAdaptationContract = z.infer<typeof onlineAdaptationSchema>;

export const onlineAdaptationListSchema = z
  .strictObject({
    /** What accepted cases teach is used, and more is learned. */
    isOn: z.boolean(),
    adaptations: z.array(onlineAdaptationSchema),
  })
  .meta({ id: 'OnlineAdaptationList' });
export type OnlineAdaptationList = z.infer<typeof onlineAdaptationListSchema>;
