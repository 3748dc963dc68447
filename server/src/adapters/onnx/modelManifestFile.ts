import { z } from 'zod';

const positive = z.number().positive();
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');
const fileSchema = (extension: 'onnx' | 'bin' | 'json'): z.ZodString =>
  z
    .string()
    .regex(
      new RegExp(`^[\\w-][\\w.-]*\\.${extension}$`),
      `must be the name of an .${extension} file beside the manifest`,
    );
const shapeKjiSchema = z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]);
const graphFileSchema = z.strictObject({
  file: fileSchema('onnx'),
  sha256: sha256Schema,
});
/** The image encoder with its weights in a file of its own, and where in it each lies. */
const adaptableEncoderSchema = graphFileSchema.extend({
  data: z.strictObject({ file: fileSchema('bin'), sha256: sha256Schema }),
  table: z.strictObject({ file: fileSchema('json'), sha256: sha256Schema }),
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
      adaptableEncoder: adaptableEncoderSchema.optional(),
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
      hounsfieldWindow: z
        .tuple([z.number(), z.number()])
        .refine(([low, high]) => low < high, 'the low end lies below the high one')
        .optional(),
    }),
    logits: z.strictObject({ shape: shapeKjiSchema, threshold: z.number() }),
    zoom: z.strictObject({
      looks: z.int().min(1),
      levelsBetweenLooks: z.int().min(1),
      widerLookPenalty: z.number().min(0),
      unlikeDeviations: positive.exactOptional(),
      fitFactor: positive,
      borderVoxels: z.number().min(0),
    }),
    refinement: z
      .strictObject({ steps: z.int().min(1).max(200), priorWeight: positive, contrast: z.number().min(0) })
      .optional(),
    borderWalk: z
      .strictObject({
        modalities: z.array(z.string()).min(1),
        channel: z.int().min(0),
        reachVoxels: z.int().min(0),
        contrast: z.number().min(0),
        priorChance: positive,
        sweeps: z.int().min(1).max(200),
        overRelaxation: positive.max(2),
        leastAgreement: z.number().min(0).max(1),
      })
      .optional(),
    boxProbes: z
      .strictObject({
        ...{ offset: positive.max(0.5), mostUnreached: z.number().min(0), slack: z.number().min(0) },
        ...{ unreachedWeight: z.number().min(0), fillWeight: z.number().min(0), unprobedBonus: z.number() },
      })
      .optional(),
    hypotheses: z.int().min(1),
  })
  .refine(
    ({ refinement, graphs }) => refinement || !graphs.maskRefiner,
    'a maskRefiner starts from what refinement makes of a mask',
  )
  .refine(
    ({ refinement, borderWalk }) => refinement || !borderWalk,
    'a borderWalk starts from what refinement makes of a mask',
  )
  .refine(
    ({ boxProbes, promptKinds }) => !boxProbes || promptKinds.includes('box'),
    'boxProbes are of a model that takes boxes',
  )
  .refine(
    ({ borderWalk, normalisation }) => !borderWalk || borderWalk.channel < normalisation.channels.length,
    'a borderWalk needs a channel that there is',
  )
  .refine(
    ({ refinement, logits, region }) =>
      !refinement ||
      (logits.threshold === 0 && logits.shape.every((length, axis) => length === region.shape[axis])),
    'refinement needs logits on the grid of the region, and the threshold 0',
  );

/** `adaptable_encoder.json`: the initializers that lie in the weights. */
export const encoderTableSchema = z.array(
  z.strictObject({
    ...{ name: z.string().min(1), shape: z.array(z.int().min(1)).min(1) },
    ...{ offset: z.int().min(0), length: z.int().min(4) },
  }),
);

export type AdaptableEncoderFile = z.infer<typeof adaptableEncoderSchema>;
export type GraphFile = z.infer<typeof graphFileSchema>;
export type ModelManifestFile = z.infer<typeof modelManifestFileSchema>;
