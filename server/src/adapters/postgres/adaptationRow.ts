import { z } from 'zod';
import {
  ADAPTATION_METHODS,
  FINETUNED_CHANGES,
  FINETUNED_PARTS,
  type Adaptation,
  type AdaptationSettings,
  type AdaptationState,
  type TrainingReport,
} from '../../domain/adaptation.ts';
import { PACKAGE_FILE_NAMES } from '../../domain/taskPackage.ts';
import { taskClassRow } from './taskRow.ts';

const image = z.object({ sopInstanceUID: z.string(), frameNumber: z.exactOptional(z.number()) });
export const seriesRow = z.object({
  ...{ studyInstanceUID: z.string(), seriesInstanceUID: z.string() },
  image: z.exactOptional(image),
});
const lease = z.object({ leaseId: z.string(), worker: z.string(), expiresMs: z.number() });
const progress = z.object({ phase: z.string(), step: z.number(), steps: z.number() });
const resumable = { attempts: z.number(), checkpointSha256: z.exactOptional(z.string()) };

const stateRow: z.ZodType<AdaptationState> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued'), ...resumable }),
  z.object({
    ...{ kind: z.literal('running'), ...resumable, lease },
    progress: z.exactOptional(progress),
    files: z.partialRecord(z.enum(PACKAGE_FILE_NAMES), z.string()),
  }),
  z.object({ kind: z.literal('cancelling'), lease }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  z.object({ kind: z.literal('done'), taskId: z.string(), leaseId: z.string() }),
]);

export const labelOriginRow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace'), segmentationId: z.string(), version: z.number() }),
  z.object({ kind: z.literal('object'), seriesInstanceUID: z.string(), sopInstanceUID: z.string() }),
]);

/** Jobs of before these could be chosen were learned without them. */
const settingsRow: z.ZodType<AdaptationSettings> = z.object({
  ...{ steps: z.number(), rank: z.number(), seed: z.number(), folds: z.number() },
  synthesisShare: z.number().default(0),
  parts: z.enum(FINETUNED_PARTS).default('encoder+decoder'),
  change: z.enum(FINETUNED_CHANGES).default('vanilla'),
});

/** A job as its table holds it. */
export const adaptationRow: z.ZodType<Adaptation> = z.object({
  ...{ id: z.string(), createdAt: z.string(), title: z.string(), method: z.enum(ADAPTATION_METHODS) },
  base: z.object({ model: z.string(), version: z.string() }),
  modalities: z.array(z.string()),
  classes: z.array(taskClassRow),
  settings: settingsRow,
  cases: z.array(
    z.object({
      ...{ caseId: z.string(), series: seriesRow, origin: labelOriginRow },
      ...{ patientKey: z.string(), fold: z.number() },
      ...{ labelmapSha256: z.string(), volumeFingerprint: z.string() },
    }),
  ),
  state: stateRow,
});

export const reportRow: z.ZodType<TrainingReport> = z.object({
  ...{ at: z.string(), phase: z.string(), step: z.number(), steps: z.number() },
  loss: z.exactOptional(z.number()),
  dice: z.exactOptional(z.number()),
  line: z.exactOptional(z.string()),
});
