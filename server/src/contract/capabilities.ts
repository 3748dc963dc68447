import { z } from 'zod';
import { segmentationTypeSchema } from './segmentationFormat.ts';

export const modelSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    version: z.string(),
    licence: z.strictObject({ spdx: z.string(), name: z.string() }),
    attribution: z.array(z.string()),
    modalities: z.array(z.string()),
    promptKinds: z.array(z.enum(['point', 'scribble', 'lasso', 'box', 'size'])),
    isDefault: z.boolean(),
    isAdaptable: z.boolean().meta({ description: 'Tasks can be learned on it' }),
  })
  .meta({ id: 'Model' });
export type ModelContract = z.infer<typeof modelSchema>;

export const capabilitiesSchema = z
  .strictObject({
    product: z.literal('tomoclick'),
    version: z.string(),
    intendedUse: z.string(),
    archive: z.enum(['embedded', 'dicomweb']),
    /** The first is written unless another is asked for. */
    segmentationTypes: z.array(segmentationTypeSchema),
    models: z.array(modelSchema),
  })
  .meta({ id: 'Capabilities' });
export type Capabilities = z.infer<typeof capabilitiesSchema>;
