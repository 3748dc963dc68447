import { addPrompts } from '../../application/addPrompts.ts';
import { clearSegment } from '../../application/clearSegment.ts';
import type { SegmentEdit, SegmentEditRequest } from '../../application/editSegment.ts';
import { redoStep } from '../../application/redoStep.ts';
import { undoStep } from '../../application/undoStep.ts';
import type { Workspace } from '../../application/workspace.ts';
import { addPromptsRequestSchema } from '../../contract/prompt.ts';
import { SEGMENT_UPDATE_HEADER, segmentUpdateSchema } from '../../contract/segmentation.ts';
import { versionFromIfMatch } from '../entityTag.ts';
import { defineRoute, type Route, type RouteDescription } from '../route.ts';
import { replySegmentEdit, updateMediaTypeOf } from '../segmentEditReply.ts';
import {
  BODY_PROBLEMS,
  DICOM_MEDIA_TYPE,
  EDIT_PROBLEMS,
  ETAG,
  IF_MATCH,
  JSON_MEDIA_TYPE,
  PREDICTION_PROBLEMS,
  SERVER_TIMING,
  VOLUME_PROBLEMS,
  segmentParameters,
} from './vocabulary.ts';

const SEGMENT = '/api/v1/segmentations/{id}/segments/{segmentNumber}';

const UPDATE_HEADERS = {
  ...{ ...ETAG, ...SERVER_TIMING },
  [SEGMENT_UPDATE_HEADER]:
    'Beside application/dicom: the SegmentUpdate as JSON in ASCII, without `changedSlices`',
};

const EDIT = {
  method: 'post',
  parameters: segmentParameters,
  headers: { ...IF_MATCH, Accept: 'application/dicom (default) or application/json' },
  responses: {
    200: {
      description:
        'What changed. As application/dicom: a SEG with one segment, number 1, and one frame for every slice that ' +
        'changed, empty frames included.',
      content: { [DICOM_MEDIA_TYPE]: 'binary', [JSON_MEDIA_TYPE]: segmentUpdateSchema },
      headers: UPDATE_HEADERS,
    },
    204: {
      description: 'application/dicom was asked for and no slice changed: the header says the rest',
      headers: UPDATE_HEADERS,
    },
  },
} as const satisfies Partial<RouteDescription>;

const STEP_PROBLEMS = [
  ...(['invalid-request', 'segment-not-found', 'not-acceptable', 'overloaded', 'model-not-found'] as const),
  ...[...EDIT_PROBLEMS, ...VOLUME_PROBLEMS],
];

const prompts = defineRoute(
  {
    ...{ ...EDIT, path: `${SEGMENT}/prompts`, operationId: 'addPrompts', summary: 'Click' },
    description:
      'Prompts are applied in the order given, all or none. A promptId sent again is not applied again.',
    body: addPromptsRequestSchema,
    problems: [...BODY_PROBLEMS, ...STEP_PROBLEMS, ...PREDICTION_PROBLEMS],
  },
  async ({ parameters, body, request, response, signal, context }) => {
    const { workspace } = context.services();
    const mediaType = updateMediaTypeOf(request);
    const version = versionFromIfMatch(request);
    const isFrozen = body.onlineAdaptation === 'off';
    const edit = await addPrompts(
      { ...parameters, version, prompts: body.prompts, isFrozen },
      workspace,
      signal,
    );
    await replySegmentEdit(edit, mediaType, response, workspace, signal);
  },
);

/** A step without a body. */
function stepRoute(
  action: string,
  description: Pick<RouteDescription, 'operationId' | 'summary' | 'problems'>,
  takeStep: (request: SegmentEditRequest, workspace: Workspace) => Promise<SegmentEdit>,
): Route {
  return defineRoute(
    { ...EDIT, ...description, path: `${SEGMENT}/${action}` },
    async ({ parameters, request, response, signal, context }) => {
      const { workspace } = context.services();
      const mediaType = updateMediaTypeOf(request);
      const edit = await takeStep({ ...parameters, version: versionFromIfMatch(request) }, workspace);
      await replySegmentEdit(edit, mediaType, response, workspace, signal);
    },
  );
}

const undo = stepRoute(
  'undo',
  { operationId: 'undoStep', summary: 'Undo the last step', problems: [...STEP_PROBLEMS, 'nothing-to-undo'] },
  undoStep,
);

const redo = stepRoute(
  'redo',
  {
    operationId: 'redoStep',
    summary: 'Redo what was undone last',
    problems: [...STEP_PROBLEMS, 'nothing-to-undo'],
  },
  redoStep,
);

const clear = stepRoute(
  'clear',
  {
    operationId: 'clearSegment',
    summary: 'Empty a segment, as a step that can be undone',
    problems: STEP_PROBLEMS,
  },
  clearSegment,
);

export const segmentEditRoutes = [prompts, undo, redo, clear];
