import { z } from 'zod';

const positive = z.number().positive();
const shapeKjiSchema = z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]);
const graphFileSchema = z.strictObject({
  file: z.string().regex(/^[\w-][\w.-]*\.onnx$/, 'must be the name of an .onnx file beside the manifest'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'),
});

/** `models/zoo/<id>/manifest.json`, as `sam3d.export.manifest` writes it. */
export const modelManifestFileSchema = z
  .strictObject({
    manifestVersion: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
    title: z.string().min(1),
    version: z.string().min(1),
    licence: z.strictObject({ spdx: z.string().min(1), name: z.string().min(1) }),
    attribution: z.array(z.string().min(1)),
    modalities: z.array(z.string().min(1)).min(1),
    promptKinds: z.array(z.enum(['point', 'scribble', 'lasso', 'box', 'size'])).min(1),
    graphs: z.strictObject({
      imageEncoder: graphFileSchema,
      promptEncoder: graphFileSchema,
      maskDecoder: graphFileSchema,
      maskRefiner: graphFileSchema.optional(),
    }),
    region: z.strictObject({
      shape: shapeKjiSchema,
      spacingsMm: z
        .array(positive)
        .min(1)
        .refine(
          spacings => spacings.every((mm, n) => n === 0 || mm < (spacings[n - 1] ?? 0)),
          'coarsest first',
        ),
      latticeVoxels: z.int().min(1),
    }),
    normalisation: z.strictObject({
      kind: z.literal('percentile-windows'),
      channels: z
        .array(
          z.strictObject({
            percentiles: z.tuple([z.number().min(0).max(100), z.number().min(0).max(100)]),
            stride: z.int().min(1),
            centralThird: z.boolean(),
            widen: positive,
          }),
        )
        .min(1),
    }),
    logits: z.strictObject({ shape: shapeKjiSchema, threshold: z.number() }),
    zoom: z.strictObject({
      looks: z.int().min(1),
      levelsBetweenLooks: z.int().min(1),
      widerLookPenalty: z.number().min(0),
      fitFactor: positive,
      borderVoxels: z.number().min(0),
    }),
    refinement: z
      .strictObject({ steps: z.int().min(1).max(200), priorWeight: positive, contrast: z.number().min(0) })
      .optional(),
    hypotheses: z.int().min(1),
  })
  .refine(
    ({ refinement, graphs }) => refinement || !graphs.maskRefiner,
    'a maskRefiner starts from what refinement makes of a mask',
  )
  .refine(
    ({ refinement, logits, region }) =>
      !refinement ||
      (logits.threshold === 0 && logits.shape.every((length, axis) => length === region.shape[axis])),
    'refinement needs logits on the grid of the region, and the threshold 0',
  );
export type GraphFile = z.infer<typeof graphFileSchema>;
export type ModelManifestFile = z.infer<typeof modelManifestFileSchema>;
