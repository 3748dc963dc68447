import { z } from 'zod';
import type { AcceptedCase } from '../../domain/online/acceptedCases.ts';
import { GRAM_LENGTH } from '../../domain/online/caseEvidence.ts';
import { EXPANDED } from '../../domain/online/hiddenLayer.ts';
import type { OnlineAdaptation } from '../../domain/online/onlineAdaptation.ts';

const bodySchema = z.object({
  ...{ label: z.string(), revision: z.number(), createdAt: z.string(), updatedAt: z.string() },
  cases: z.array(
    z.object({
      key: z.string(),
      /** Absent of what was learned while nothing told patients apart: a patient of its own. */
      patient: z.string().exactOptional(),
      heldBack: z.exactOptional(z.object({ frozen: z.number(), fused: z.tuple([z.number(), z.number()]) })),
    }),
  ),
});

/** What was learned as the table holds it: the sums, little-endian float64, beside the rest. */
export interface OnlineAdaptationRow {
  readonly id: string;
  readonly tenant: string;
  readonly user_group: string;
  readonly task: string;
  readonly modality: string;
  readonly model_id: string;
  readonly model_version: string;
  readonly body: unknown;
  readonly evidence: Uint8Array;
}

const NUMBERS_PER_CASE = GRAM_LENGTH + EXPANDED;
const BYTES_PER_NUMBER = 8;

export function rowOfOnlineAdaptation(adaptation: OnlineAdaptation): OnlineAdaptationRow {
  const { id, key, cases, ...rest } = adaptation;
  const evidence = new DataView(new ArrayBuffer(cases.length * NUMBERS_PER_CASE * BYTES_PER_NUMBER));
  const numbers = cases.flatMap(({ evidence: { gram, moment } }) => [...gram, ...moment]);
  numbers.forEach((number, at) => evidence.setFloat64(at * BYTES_PER_NUMBER, number, true));
  return {
    ...{ id, tenant: key.tenant, user_group: key.userGroup, task: key.task, modality: key.modality },
    ...{ model_id: key.modelId, model_version: key.modelVersion },
    body: { ...rest, cases: cases.map(({ evidence: _, ...summary }) => summary) },
    evidence: new Uint8Array(evidence.buffer),
  };
}

/**
 * Undefined where the row is not one that this version can read: sums of other inputs, or what is no number. Then
 * nothing was learned: the model answers alone, and what is learned next takes its place. No click fails for it.
 */
export function onlineAdaptationOfRow(row: OnlineAdaptationRow): OnlineAdaptation | undefined {
  const body = bodySchema.safeParse(row.body);
  const { buffer, byteOffset, byteLength } = row.evidence;
  if (!body.success || byteLength !== body.data.cases.length * NUMBERS_PER_CASE * BYTES_PER_NUMBER) {
    return undefined;
  }
  const { cases, ...rest } = body.data;
  const view = new DataView(buffer, byteOffset, byteLength);
  const numbers = Float64Array.from({ length: byteLength / BYTES_PER_NUMBER }, (_, at) =>
    view.getFloat64(at * BYTES_PER_NUMBER, true),
  );
  if (!numbers.every(Number.isFinite)) return undefined;
  return {
    id: row.id,
    key: {
      ...{ tenant: row.tenant, userGroup: row.user_group, task: row.task, modality: row.modality },
      ...{ modelId: row.model_id, modelVersion: row.model_version },
    },
    ...rest,
    cases: cases.map(({ patient, ...summary }, place): AcceptedCase => {
      const start = place * NUMBERS_PER_CASE;
      const gram = numbers.slice(start, start + GRAM_LENGTH);
      const moment = numbers.slice(start + GRAM_LENGTH, start + NUMBERS_PER_CASE);
      return { ...summary, patient: patient ?? summary.key, evidence: { gram, moment } };
    }),
  };
}
