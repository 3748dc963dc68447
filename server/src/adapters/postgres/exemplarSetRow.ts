import { z } from 'zod';
import type { ExemplarSet } from '../../domain/exemplarSet.ts';
import { labelOriginRow, seriesRow } from './adaptationRow.ts';
import { taskClassRow } from './taskRow.ts';

/** An exemplar set as its table holds it. */
export const exemplarSetRow: z.ZodType<ExemplarSet> = z.object({
  ...{ id: z.string(), createdAt: z.string(), title: z.string() },
  model: z.object({ model: z.string(), version: z.string() }),
  modalities: z.array(z.string()),
  classes: z.array(taskClassRow),
  cases: z.array(
    z.object({
      ...{ series: seriesRow, origin: labelOriginRow, patientKey: z.string(), modality: z.string() },
      ...{ labels: z.array(z.string()), volumeFingerprint: z.string() },
    }),
  ),
  warnings: z.array(
    z.object({ code: z.enum(['class-missing', 'series-twice', 'one-patient']), detail: z.string() }),
  ),
});
