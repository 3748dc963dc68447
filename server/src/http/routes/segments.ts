import { addSegment } from '../../application/addSegment.ts';
import { changeSegment } from '../../application/changeSegment.ts';
import { removeSegment } from '../../application/removeSegment.ts';
import {
  addSegmentRequestSchema,
  changeSegmentRequestSchema,
  segmentationSchema,
} from '../../contract/segmentation.ts';
import { setEntityTag, versionFromIfMatch } from '../entityTag.ts';
import { defineRoute } from '../route.ts';
import { segmentationView } from '../segmentationView.ts';
import {
  BODY_PROBLEMS,
  EDIT_PROBLEMS,
  ETAG,
  IF_MATCH,
  JSON_MEDIA_TYPE,
  segmentParameters,
  segmentationParameters,
} from './vocabulary.ts';

const SEGMENTS = '/api/v1/segmentations/{id}/segments';
const SEGMENT = `${SEGMENTS}/{segmentNumber}`;
const SEGMENTATION_JSON = { [JSON_MEDIA_TYPE]: segmentationSchema };

const add = defineRoute(
  {
    ...{ method: 'post', path: SEGMENTS, operationId: 'addSegment', summary: 'Add an empty segment' },
    parameters: segmentationParameters,
    headers: IF_MATCH,
    body: addSegmentRequestSchema,
    responses: {
      201: {
        description: 'The segmentation; the new segment is its last',
        content: SEGMENTATION_JSON,
        headers: { ...ETAG, Location: 'Address of the segment' },
      },
    },
    problems: [...BODY_PROBLEMS, ...EDIT_PROBLEMS, 'wrong-state'],
  },
  async ({ parameters, body, request, response, context }) => {
    const segmentation = await addSegment(
      { id: parameters.id, version: versionFromIfMatch(request), segment: body },
      context.services().workspace,
    );
    setEntityTag(response, segmentation.version);
    response.status(201);
    response.location(`/api/v1/segmentations/${segmentation.id}/segments/${segmentation.lastSegmentNumber}`);
    response.json(segmentationView(segmentation));
  },
);

const change = defineRoute(
  {
    ...{ method: 'patch', path: SEGMENT, operationId: 'changeSegment' },
    summary: 'Give a segment another label or colour',
    parameters: segmentParameters,
    headers: IF_MATCH,
    body: changeSegmentRequestSchema,
    responses: { 200: { description: 'The segmentation', content: SEGMENTATION_JSON, headers: ETAG } },
    problems: [...BODY_PROBLEMS, ...EDIT_PROBLEMS, 'segment-not-found'],
  },
  async ({ parameters, body, request, response, context }) => {
    const segmentation = await changeSegment(
      { ...parameters, ...body, version: versionFromIfMatch(request) },
      context.services().workspace,
    );
    setEntityTag(response, segmentation.version);
    response.json(segmentationView(segmentation));
  },
);

const remove = defineRoute(
  {
    ...{ method: 'delete', path: SEGMENT, operationId: 'removeSegment', summary: 'Remove a segment' },
    description: 'Its number is not given again.',
    parameters: segmentParameters,
    headers: IF_MATCH,
    responses: { 200: { description: 'The segmentation', content: SEGMENTATION_JSON, headers: ETAG } },
    problems: [...EDIT_PROBLEMS, 'invalid-request', 'overloaded', 'segment-not-found'],
  },
  async ({ parameters, request, response, context }) => {
    const segmentation = await removeSegment(
      { ...parameters, version: versionFromIfMatch(request) },
      context.services().workspace,
    );
    setEntityTag(response, segmentation.version);
    response.json(segmentationView(segmentation));
  },
);

export const segmentRoutes = [add, change, remove];
