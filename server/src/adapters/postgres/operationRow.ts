import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import type { MaskSummary, Operation } from '../../domain/segmentation.ts';

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);

const colour = z.tuple([z.number(), z.number(), z.number()]);
const segmentNumber = z.number();

const position = z.tuple([z.number(), z.number(), z.number()]);
const polarity = z.enum(['include', 'exclude']);

const promptSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('point'), pointLps: position, polarity }),
  z.object({ kind: z.literal('scribble'), pointsLps: z.array(position), polarity }),
  z.object({ kind: z.literal('lasso'), pointsLps: z.array(position), polarity }),
  z.object({ kind: z.literal('size'), wish: z.enum(['larger', 'smaller']) }),
  // `exactOptional`: a box in space has no normal, not an undefined one
  z.object({ kind: z.literal('box'), cornersLps: z.array(position), normalLps: z.exactOptional(position) }),
]);

const code = z.object({ value: z.string(), scheme: z.string(), meaning: z.string() });
const descriptionSchema = z.object({
  codes: z.object({
    ...{ category: code, type: code, typeModifiers: z.array(code) },
    anatomicRegion: z.exactOptional(z.object({ code, modifiers: z.array(code) })),
  }),
  trackingID: z.string(),
  algorithm: z.discriminatedUnion('type', [
    z.object({ type: z.literal('MANUAL') }),
    z.object({ type: z.enum(['AUTOMATIC', 'SEMIAUTOMATIC']), name: z.string() }),
  ]),
});

/** A mask but for its voxels. */
const maskSummary = {
  voxelCount: z.number(),
  volumeMl: z.number(),
  volumeFingerprint: z.exactOptional(z.string()),
};

const adaptation = z.object({
  ...{ adaptationId: z.string(), revision: z.number(), label: z.string(), caseCount: z.number() },
  ...{ gain: z.number(), weights: z.array(z.number()) },
});

const bodySchema = z.discriminatedUnion('kind', [
  z.object({
    ...{ kind: z.literal('segment-added'), segmentNumber, label: z.string(), colour },
    trackingUID: z.string(),
    description: z.exactOptional(descriptionSchema),
    openedMask: z.exactOptional(z.object(maskSummary)),
  }),
  z.object({
    ...{ kind: z.literal('opened'), seriesInstanceUID: z.string(), sopInstanceUID: z.string() },
    warnings: z.array(
      z.object({
        code: z.enum(['fractional-thresholded', 'moved-to-grid', 'image-missing']),
        detail: z.string(),
      }),
    ),
  }),
  z.object({ kind: z.literal('segment-changed'), segmentNumber, label: z.string(), colour }),
  z.object({ kind: z.literal('segment-removed'), segmentNumber }),
  z.object({ kind: z.literal('cleared'), segmentNumber }),
  z.object({
    ...{ kind: z.literal('prompted'), segmentNumber, promptId: z.string(), predictedIou: z.number() },
    prompt: promptSchema,
    ...maskSummary,
    adaptation: z.exactOptional(adaptation),
  }),
  z.object({ kind: z.literal('undone'), segmentNumber }),
  z.object({ kind: z.literal('redone'), segmentNumber }),
  z.object({
    kind: z.literal('stored'),
    seriesInstanceUID: z.string(),
    sopInstanceUID: z.string(),
    segmentationType: z.exactOptional(z.enum(['BINARY', 'LABELMAP'])),
  }),
  z.object({
    kind: z.enum(['report-stored', 'structure-set-stored']),
    seriesInstanceUID: z.string(),
    sopInstanceUID: z.string(),
  }),
]);

/** An operation as the table holds it: the mask, compressed, beside the rest. */
export interface OperationRow {
  readonly body: unknown;
  readonly mask: Uint8Array | null;
}

export async function rowOfOperation(operation: Operation): Promise<OperationRow> {
  if (operation.kind === 'segment-added' && operation.openedMask) {
    const { runLength, ...openedMask } = operation.openedMask;
    return { body: { ...operation, openedMask }, mask: await compress(runLength) };
  }
  if (operation.kind !== 'step-added') return { body: operation, mask: null };
  const { step, segmentNumber } = operation;
  if (step.kind === 'clear') return { body: { kind: 'cleared', segmentNumber }, mask: null };
  const { mask: snapshot, ...prompted } = step;
  const { runLength, ...mask } = snapshot;
  return {
    body: { ...prompted, kind: 'prompted', segmentNumber, ...mask },
    mask: await compress(runLength),
  };
}

/**
 * The body as JSON, which knows fewer numbers: what it turns into something else must not get into a log that is read
 * from its beginning.
 * @throws Error when it could not be read again
 */
export function jsonOfBody(body: unknown): string {
  const json = JSON.stringify(body);
  bodySchema.parse(JSON.parse(json));
  return json;
}

/** @throws Error when the row is not one that this version can read */
export async function operationOfRow(row: OperationRow): Promise<Operation> {
  const operation = operationOfBody(row.body);
  switch (operation.kind) {
    case 'segment-added': {
      const { openedMask, ...added } = operation;
      if (!openedMask) return added;
      return { ...added, openedMask: { ...openedMask, runLength: await runLengthOf(row) } };
    }
    case 'step-added': {
      const { step } = operation;
      if (step.kind === 'clear') return { ...operation, step };
      return { ...operation, step: { ...step, mask: { ...step.mask, runLength: await runLengthOf(row) } } };
    }
    default:
      return operation;
  }
}

/** Without the voxels of its mask. @throws Error when it is not one that this version can read */
export function operationOfBody(json: unknown): Operation<MaskSummary> {
  const body = bodySchema.parse(json);
  switch (body.kind) {
    case 'cleared':
      return { kind: 'step-added', segmentNumber: body.segmentNumber, step: { kind: 'clear' } };
    case 'prompted': {
      const { kind: _, segmentNumber, promptId, prompt, predictedIou, ...rest } = body;
      const { adaptation: applied, ...mask } = rest;
      const step = {
        ...({ kind: 'prompt', promptId, prompt, predictedIou, mask } as const),
        ...(applied && { adaptation: applied }),
      };
      return { kind: 'step-added', segmentNumber, step };
    }
    default:
      return body;
  }
}

/** About what it takes in memory: its mask, and the rest as text. */
export function bytesOfOperation(operation: Operation): number {
  let maskBytes = 0;
  const rest = JSON.stringify(operation, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    maskBytes += value.byteLength;
    return undefined;
  });
  return maskBytes + rest.length;
}

async function runLengthOf({ mask }: OperationRow): Promise<Uint8Array> {
  if (!mask) throw new Error('An operation without its mask is in the operations table.');
  return new Uint8Array(await decompress(mask));
}
