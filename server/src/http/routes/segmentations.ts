import { z } from 'zod';
import { createSegmentation } from '../../application/createSegmentation.ts';
import { deleteSegmentation } from '../../application/deleteSegmentation.ts';
import { readSegmentationObject } from '../../application/readSegmentationObject.ts';
import { storeMeasurementReport } from '../../application/storeMeasurementReport.ts';
import { storeSegmentation } from '../../application/storeSegmentation.ts';
import { addTimings } from '../../application/timings.ts';
import { uidSchema } from '../../contract/identifiers.ts';
import {
  createSegmentationRequestSchema,
  segmentationListSchema,
  savedSegmentationSchema,
  segmentationSchema,
} from '../../contract/segmentation.ts';
import { segmentationWishShape } from '../../contract/segmentationFormat.ts';
import { setEntityTag, versionFromIfMatch } from '../entityTag.ts';
import { defineRoute } from '../route.ts';
import { savedSegmentationView, segmentationView } from '../segmentationView.ts';
import { setServerTiming } from '../serverTiming.ts';
import {
  BODY_PROBLEMS,
  DICOM_MEDIA_TYPE,
  EDIT_PROBLEMS,
  ETAG,
  IF_MATCH,
  JSON_MEDIA_TYPE,
  READ_PROBLEMS,
  SERVER_TIMING,
  VOLUME_PROBLEMS,
  imageOfQuery,
  imageQueryShape,
  segmentationParameters,
} from './vocabulary.ts';

const SEGMENTATIONS = '/api/v1/segmentations';
const SEGMENTATION = `${SEGMENTATIONS}/{id}`;
const SEGMENTATION_JSON = { [JSON_MEDIA_TYPE]: segmentationSchema };

const create = defineRoute(
  {
    ...{ method: 'post', path: SEGMENTATIONS, operationId: 'createSegmentation' },
    summary: 'Begin a segmentation of a series',
    body: createSegmentationRequestSchema,
    responses: {
      201: {
        description: 'It exists',
        content: SEGMENTATION_JSON,
        headers: { ...ETAG, Location: 'Address of the segmentation' },
      },
    },
    problems: [...BODY_PROBLEMS, 'model-not-found'],
  },
  async ({ body, response, context }) => {
    const { studyInstanceUID, seriesInstanceUID, image, model, segments } = body;
    const segmentation = await createSegmentation(
      { series: { studyInstanceUID, seriesInstanceUID, ...(image && { image }) }, modelId: model, segments },
      context.services().workspace,
    );
    setEntityTag(response, segmentation.version);
    response.status(201).location(`${SEGMENTATIONS}/${segmentation.id}`);
    response.json(segmentationView(segmentation));
  },
);

const list = defineRoute(
  {
    ...{ method: 'get', path: SEGMENTATIONS, operationId: 'listSegmentations' },
    summary: 'Segmentations, the one edited last first',
    description: 'With an image: those that name the very same one.',
    query: z.object({
      studyInstanceUID: uidSchema.optional(),
      seriesInstanceUID: uidSchema.optional(),
      ...imageQueryShape,
      limit: z.coerce.number<string>().pipe(z.int().min(1).max(200)).default(50),
      offset: z.coerce.number<string>().pipe(z.int().min(0)).default(0),
    }),
    responses: {
      200: { description: 'One page', content: { [JSON_MEDIA_TYPE]: segmentationListSchema } },
    },
    problems: ['invalid-request', 'overloaded'],
  },
  async ({ query, response, context }) => {
    const { studyInstanceUID, seriesInstanceUID, limit, offset } = query;
    const found = await context.services().workspace.store.list({
      ...(studyInstanceUID !== undefined && { studyInstanceUID }),
      ...(seriesInstanceUID !== undefined && { seriesInstanceUID }),
      ...imageOfQuery(query),
      ...{ limit, offset },
    });
    response.json({ segmentations: found.map(segmentationView) } satisfies z.infer<
      typeof segmentationListSchema
    >);
  },
);

const read = defineRoute(
  {
    ...{ method: 'get', path: SEGMENTATION, operationId: 'readSegmentation' },
    summary: 'A segmentation with its segments and prompts',
    parameters: segmentationParameters,
    headers: { 'If-None-Match': 'ETag that the caller has; 304 when it is still the version' },
    responses: {
      200: { description: 'The segmentation', content: SEGMENTATION_JSON, headers: ETAG },
      304: { description: 'It has not changed' },
    },
    problems: READ_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    const segmentation = await context.services().workspace.store.load(parameters.id);
    setEntityTag(response, segmentation.version);
    response.json(segmentationView(segmentation));
  },
);

const readObject = defineRoute(
  {
    ...{ method: 'get', path: `${SEGMENTATION}/dicom`, operationId: 'readSegmentationObject' },
    summary: 'The segmentation as the DICOM object that a save would store',
    parameters: segmentationParameters,
    query: z.object(segmentationWishShape),
    responses: {
      200: {
        description: 'A DICOM Segmentation of all segments that are not empty',
        content: { [DICOM_MEDIA_TYPE]: 'binary' },
        headers: { ...ETAG, ...SERVER_TIMING },
      },
    },
    problems: [
      ...READ_PROBLEMS,
      ...VOLUME_PROBLEMS,
      'empty-segmentation',
      'segments-overlap',
      'model-not-found',
    ],
  },
  async ({ parameters, query, response, signal, context }) => {
    const { segmentation, part10, timings } = await readSegmentationObject(
      parameters.id,
      query,
      context.services().workspace,
      signal,
    );
    setEntityTag(response, segmentation.version);
    setServerTiming(response, timings);
    response.type(DICOM_MEDIA_TYPE).send(Buffer.from(part10.buffer, part10.byteOffset, part10.byteLength));
  },
);

const remove = defineRoute(
  {
    ...{ method: 'delete', path: SEGMENTATION, operationId: 'deleteSegmentation' },
    summary: 'Forget a segmentation; what was stored in the archive stays there',
    parameters: segmentationParameters,
    headers: IF_MATCH,
    responses: { 204: { description: 'It is forgotten' } },
    problems: [...READ_PROBLEMS, ...EDIT_PROBLEMS],
  },
  async ({ parameters, request, response, context }) => {
    const version = versionFromIfMatch(request);
    await deleteSegmentation({ id: parameters.id, version }, context.services().workspace);
    response.status(204).end();
  },
);

const store = defineRoute(
  {
    ...{ method: 'post', path: `${SEGMENTATION}/store`, operationId: 'storeSegmentation' },
    summary: 'Store the segmentation in the archive as a DICOM object',
    description:
      'Every saved version is a series of its own. A version that is already stored is not stored twice, in whatever format it was, unless it was deleted in the archive.',
    parameters: segmentationParameters,
    query: z.object({
      ...segmentationWishShape,
      measurementReport: z
        .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })
        .default(false)
        .meta({ description: 'Store its measurements as well, as a DICOM SR that references the SEG' }),
    }),
    headers: IF_MATCH,
    responses: {
      201: {
        description: 'It is stored; `stored` ends with where',
        content: { [JSON_MEDIA_TYPE]: savedSegmentationSchema },
        headers: { ...ETAG, ...SERVER_TIMING, Location: 'Address of the DICOM object under /dicom-web' },
      },
    },
    problems: [
      ...[...READ_PROBLEMS, ...EDIT_PROBLEMS, ...VOLUME_PROBLEMS],
      ...(['empty-segmentation', 'segments-overlap', 'model-not-found'] as const),
    ],
  },
  async ({ parameters, query, request, response, signal, context }) => {
    const version = versionFromIfMatch(request);
    const { workspace } = context.services();
    const { measurementReport, ...wish } = query;
    const saved = await storeSegmentation({ id: parameters.id, version, wish }, workspace, signal);
    const reported = measurementReport && (await storeMeasurementReport(parameters.id, workspace, signal));
    const { segmentation, stored } = reported || saved;
    const timings = addTimings(saved.timings, reported ? reported.timings : {});
    const { studyInstanceUID } = segmentation.series;
    setEntityTag(response, segmentation.version);
    setServerTiming(response, timings);
    response
      .status(201)
      .location(
        `/dicom-web/studies/${studyInstanceUID}/series/${stored.seriesInstanceUID}/instances/${stored.sopInstanceUID}`,
      );
    response.json(savedSegmentationView(segmentation, saved.isLearned));
  },
);

export const segmentationRoutes = [create, list, read, readObject, remove, store];
