import { z } from 'zod';
import { pointLpsSchema } from './identifiers.ts';

const polaritySchema = z.enum(['include', 'exclude']);

export const pointPromptSchema = z
  .strictObject({
    kind: z.literal('point'),
    pointLps: pointLpsSchema,
    polarity: polaritySchema,
  })
  .meta({ id: 'PointPrompt', description: 'A click: this voxel belongs to the structure, or does not' });

const drawnSchema = z.array(pointLpsSchema).max(4096).meta({ description: 'Positions in the order drawn' });

export const scribblePromptSchema = z
  .strictObject({ kind: z.literal('scribble'), pointsLps: drawnSchema.min(1), polarity: polaritySchema })
  .meta({
    id: 'ScribblePrompt',
    description: 'A stroke: what it runs through belongs to the structure, or does not',
  });

export const lassoPromptSchema = z
  .strictObject({ kind: z.literal('lasso'), pointsLps: drawnSchema.min(3), polarity: polaritySchema })
  .meta({
    id: 'LassoPrompt',
    description:
      'An outline in a plane, closed from its last point to its first: what it surrounds belongs to the structure, or does not',
  });

export const boxPromptSchema = z
  .strictObject({
    kind: z.literal('box'),
    cornersLps: z
      .array(pointLpsSchema)
      .min(2)
      .max(8)
      .meta({ description: 'Opposite corners, or all; the box runs along the axes of the series' }),
    normalLps: z.exactOptional(
      pointLpsSchema
        .refine(normal => normal.some(value => value !== 0), 'must not be zero')
        .meta({
          description:
            'Normal of the plane that the box was drawn in, where the structure goes on to both sides of it; absent: a box in space',
        }),
    ),
  })
  .meta({ id: 'BoxPrompt', description: 'A box that holds the structure; the segment starts anew from it' });

export const sizePromptSchema = z
  .strictObject({ kind: z.literal('size'), wish: z.enum(['larger', 'smaller']) })
  .meta({
    id: 'SizePrompt',
    description:
      'Another structure at the same place is meant, larger or smaller than the segment is now; where the model knows of none, nothing changes',
  });

export const promptSchema = z
  .discriminatedUnion('kind', [
    pointPromptSchema,
    scribblePromptSchema,
    lassoPromptSchema,
    boxPromptSchema,
    sizePromptSchema,
  ])
  .meta({ id: 'Prompt' });
export type PromptContract = z.infer<typeof promptSchema>;

/** A prompt with the caller's own id, so that a retry is never a second click. */
export const identifiedPromptSchema = z
  .strictObject({ promptId: z.uuid(), prompt: promptSchema })
  .meta({ id: 'IdentifiedPrompt' });
export type IdentifiedPromptContract = z.infer<typeof identifiedPromptSchema>;

export const addPromptsRequestSchema = z
  .strictObject({
    prompts: z.array(identifiedPromptSchema).min(1).max(64),
    onlineAdaptation: z.exactOptional(z.enum(['on', 'off'])).meta({
      description:
        'off: the model answers alone, whatever accepted corrections have taught. What they teach only has its say ' +
        'in the answer to a click that opens a segment',
    }),
  })
  .meta({ id: 'AddPromptsRequest', description: 'Applied in the order given' });
export type AddPromptsRequest = z.infer<typeof addPromptsRequestSchema>;
