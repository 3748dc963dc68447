import { z } from 'zod';
import { pointLpsSchema } from './identifiers.ts';

export const pointPromptSchema = z
  .strictObject({
    kind: z.literal('point'),
    pointLps: pointLpsSchema,
    polarity: z.enum(['include', 'exclude']),
  })
  .meta({ id: 'PointPrompt', description: 'A click: this voxel belongs to the structure, or does not' });

export const promptSchema = z.discriminatedUnion('kind', [pointPromptSchema]).meta({ id: 'Prompt' });
export type PromptContract = z.infer<typeof promptSchema>;

/** A prompt with the caller's own id, so that a retry is never a second click. */
export const identifiedPromptSchema = z
  .strictObject({ promptId: z.uuid(), prompt: promptSchema })
  .meta({ id: 'IdentifiedPrompt' });
export type IdentifiedPromptContract = z.infer<typeof identifiedPromptSchema>;

export const addPromptsRequestSchema = z
  .strictObject({ prompts: z.array(identifiedPromptSchema).min(1).max(64) })
  .meta({ id: 'AddPromptsRequest', description: 'Applied in the order given' });
export type AddPromptsRequest = z.infer<typeof addPromptsRequestSchema>;
