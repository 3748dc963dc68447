import { z } from 'zod';
import {
  frameNumberSchema,
  segmentNumberSchema,
  segmentationIdSchema,
  uidSchema,
} from '../../contract/identifiers.ts';
import type { ProblemCode } from '../../domain/errors.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';

export const DICOM_MEDIA_TYPE = 'application/dicom';
export const JSON_MEDIA_TYPE = 'application/json';

export const segmentationParameters = z.object({ id: segmentationIdSchema });

export const segmentParameters = segmentationParameters.extend({
  segmentNumber: z.coerce.number<string>().pipe(segmentNumberSchema),
});

export const seriesParameters = z.object({ studyInstanceUID: uidSchema, seriesInstanceUID: uidSchema });

/** The image that names a volume of a series with several, where a request has no body to say it in. */
export const imageQueryShape = {
  sopInstanceUID: uidSchema
    .optional()
    .meta({ description: 'Of an image of the volume that is meant, where the series holds several' }),
  frameNumber: z.coerce.number<string>().pipe(frameNumberSchema).optional(),
};

export function imageOfQuery({
  sopInstanceUID,
  frameNumber,
}: {
  readonly sopInstanceUID?: string | undefined;
  readonly frameNumber?: number | undefined;
}): Pick<SeriesReference, 'image'> {
  if (sopInstanceUID === undefined) return {};
  return { image: { sopInstanceUID, ...(frameNumber !== undefined && { frameNumber }) } };
}

export const IF_MATCH = {
  'If-Match': 'ETag of the version that the caller has seen; 412 when it has changed',
};
export const ETAG = { ETag: 'The version, in quotes' };
export const SERVER_TIMING = {
  'Server-Timing':
    'Milliseconds spent in archive, volume, encode, decode, mask, log, measure, export and seg, as far as they took part',
};

/** What can go wrong while the pixels of a series are fetched and decoded. */
export const VOLUME_PROBLEMS = [
  ...['series-not-found', 'unsupported-geometry', 'unsupported-pixel-data', 'series-too-large'],
  ...['archive-unreachable', 'archive-rejected', 'archive-timeout', 'cancelled', 'series-changed'],
] as const satisfies readonly ProblemCode[];

/** What can go wrong in a prediction. */
export const PREDICTION_PROBLEMS = [
  ...VOLUME_PROBLEMS,
  ...['model-not-found', 'model-not-for-modality', 'prompt-outside-volume', 'inference-failed'],
] as const satisfies readonly ProblemCode[];

/** A JSON body may be all of these; `overloaded` is also the answer while the server starts. */
export const BODY_PROBLEMS = [
  ...['invalid-request', 'unsupported-media-type', 'payload-too-large', 'overloaded'],
] as const satisfies readonly ProblemCode[];

export const READ_PROBLEMS = [
  ...['invalid-request', 'segmentation-not-found', 'overloaded'],
] as const satisfies readonly ProblemCode[];

export const EDIT_PROBLEMS = [
  ...['segmentation-not-found', 'precondition-failed', 'edit-conflict'],
] as const satisfies readonly ProblemCode[];
