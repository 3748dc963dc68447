import { z } from 'zod';
import type { RegisteredTask, TaskClass } from '../../domain/task.ts';

const code = z.object({ value: z.string(), scheme: z.string(), meaning: z.string() });
export const taskClassRow: z.ZodType<TaskClass> = z.object({ label: z.string(), category: code, type: code });
const change = z.object({ state: z.enum(['candidate', 'promoted', 'retired']), at: z.string() });

const described = { 'task.json': z.string(), 'adapter.safetensors': z.string(), 'CARD.md': z.string() };

/** A task as its table holds it. */
export const taskRow: z.ZodType<RegisteredTask> = z.object({
  description: z.object({
    ...{ id: z.string(), title: z.string(), method: z.string() },
    base: z.object({ model: z.string(), version: z.string(), encoderSha256: z.string() }),
    modalities: z.array(z.string()),
    classes: z.array(taskClassRow),
    plan: z.object({ spacingMm: z.number(), cubeVoxels: z.number(), overlap: z.number() }),
    quality: z.object({
      ...{ kind: z.literal('cross-validation'), folds: z.number(), cases: z.number(), patients: z.number() },
      perClass: z.array(
        z.object({
          label: z.string(),
          dice: z.number().nullable(),
          ci95: z.tuple([z.number(), z.number()]).nullable(),
        }),
      ),
      meanDice: z.number(),
    }),
    provenance: z.record(z.string(), z.unknown()),
  }),
  files: z.union([
    z.object({ ...described, 'task_decoder.onnx': z.string() }),
    z.object({ ...described, 'task_model.onnx': z.string() }),
  ]),
  adaptationId: z.exactOptional(z.string()),
  history: z.tuple([change], change),
});
