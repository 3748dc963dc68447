import { z } from 'zod';
import { colourRgbSchema } from './identifiers.ts';

export const codeSchema = z
  .strictObject({ value: z.string(), scheme: z.string(), meaning: z.string() })
  .meta({ id: 'Code' });

export const codedTermSchema = z
  .strictObject({
    code: codeSchema,
    category: codeSchema,
    otherNames: z.array(z.string()),
    isPaired: z
      .boolean()
      .meta({ description: 'One on each side: a segment of it should say which (see modifiers)' }),
    recommendedColour: colourRgbSchema,
  })
  .meta({ id: 'CodedTerm' });

export const termListSchema = z
  .strictObject({
    /** Best first. */
    terms: z.array(codedTermSchema),
    /** Codes of all categories that terms have. */
    categories: z.array(codeSchema),
    /** Sides, which a label says in words: "left kidney". */
    modifiers: z.array(codeSchema),
  })
  .meta({ id: 'TermList' });
export type TermList = z.infer<typeof termListSchema>;
