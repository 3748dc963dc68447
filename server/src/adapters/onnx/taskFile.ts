import { z } from 'zod';
import { LONGEST_CODE_VALUE } from '../../domain/code.ts';

const text = z.string().min(1).max(200);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');
/** As long as segmentations may bring it. */
const codeValue = z.string().min(1).max(LONGEST_CODE_VALUE);
const code = z.strictObject({ value: codeValue, scheme: text, meaning: text });
const share = z.number().min(0).max(1);

/** `task.json` of a task package, as `sam3d.worker` writes it. */
export const taskFileSchema = z
  .strictObject({
    taskVersion: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
    title: text,
    method: text,
    base: z.strictObject({ model: text, version: text, encoderSha256: sha256 }),
    modalities: z.array(text).min(1),
    /** A DICOM LO (PS3.5 section 6.2) becomes of the label. */
    classes: z
      .array(
        z.strictObject({
          label: z
            .string()
            .min(1)
            .max(64)
            .regex(/^[^\\\p{Cc}]*$/u),
          ...{ category: code, type: code },
        }),
      )
      .min(1)
      .max(254),
    plan: z.strictObject({
      spacingMm: z.number().positive(),
      cubeVoxels: z.int().min(1),
      overlap: z.number().min(0).max(0.9),
    }),
    files: z.union([
      z.strictObject({
        encoderAdapter: z.strictObject({ file: z.literal('adapter.safetensors'), sha256 }),
        taskDecoder: z.strictObject({ file: z.literal('task_decoder.onnx'), sha256 }),
      }),
      z.strictObject({
        learnedWeights: z.strictObject({ file: z.literal('adapter.safetensors'), sha256 }),
        taskModel: z.strictObject({ file: z.literal('task_model.onnx'), sha256 }),
      }),
    ]),
    quality: z.strictObject({
      ...{ kind: z.literal('cross-validation'), folds: z.int().min(2) },
      ...{ cases: z.int().min(2), patients: z.int().min(2) },
      perClass: z.array(
        z.strictObject({
          ...{ label: text, dice: share.nullable() },
          ci95: z.tuple([z.number(), z.number()]).nullable(),
        }),
      ),
      meanDice: share,
    }),
    provenance: z.record(z.string(), z.unknown()),
  })
  .refine(
    ({ classes, quality: { perClass } }) =>
      perClass.length === classes.length && perClass.every(({ label }, n) => label === classes[n]!.label),
    'quality of each class, in their order',
  )
  .refine(
    ({ classes }) => new Set(classes.map(({ label }) => label)).size === classes.length,
    'each class once',
  );
export type TaskFile = z.infer<typeof taskFileSchema>;
