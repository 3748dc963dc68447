import { z } from 'zod';
import { imageReferenceSchema, labelSchema, uidSchema } from './identifiers.ts';
import { promptSchema } from './prompt.ts';
import { segmentationWishShape } from './segmentationFormat.ts';

export const predictionRequestSchema = z
  .strictObject({
    studyInstanceUID: uidSchema,
    seriesInstanceUID: uidSchema,
    image: z.exactOptional(imageReferenceSchema),
    model: z.string().min(1).max(64).default('default'),
    segments: z
      .array(z.strictObject({ label: labelSchema, prompts: z.array(promptSchema).min(1).max(64) }))
      .min(1)
      .max(32),
    ...segmentationWishShape,
  })
  .meta({
    id: 'PredictionRequest',
    description: 'A series and prompts; the reply is a DICOM SEG. Equals clicking the prompts one by one.',
  });
export type PredictionRequest = z.infer<typeof predictionRequestSchema>;
