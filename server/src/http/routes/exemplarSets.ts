import { z } from 'zod';
import { createExemplarSet } from '../../application/exemplars/createExemplarSet.ts';
import { beginExemplarRun } from '../../application/exemplars/runExemplarSet.ts';
import {
  exemplarSetListSchema,
  exemplarSetRequestSchema,
  exemplarSetSchema,
  type ExemplarSetList,
} from '../../contract/exemplarSet.ts';
import { runTaskRequestSchema } from '../../contract/segmentationRun.ts';
import { exemplarSetView } from '../exemplarSetView.ts';
import { defineRoute } from '../route.ts';
import { caseOf } from './caseRequest.ts';
import { RUN_BEGUN, sendBegun, targetOf } from './taskRuns.ts';
import { BODY_PROBLEMS, JSON_MEDIA_TYPE } from './vocabulary.ts';

const SETS = '/api/v1/exemplar-sets';
const SET = `${SETS}/{id}`;
const setParameters = z.object({ id: z.uuid().meta({ description: 'Exemplar set id' }) });
const SET_PROBLEMS = ['invalid-request', 'exemplar-set-not-found', 'overloaded'] as const;
const SET_JSON = { [JSON_MEDIA_TYPE]: exemplarSetSchema };

const create = defineRoute(
  {
    ...{ method: 'post', path: SETS, operationId: 'createExemplarSet' },
    summary: 'Tell by examples what is to be segmented',
    description:
      'Nothing is trained. Cases are kept by reference: the version that a segmentation has now, or an object of the ' +
      'archive. A set is refused where a case cannot be read, has no filled segment of the classes, or is of another ' +
      'modality than the others.',
    body: exemplarSetRequestSchema,
    responses: {
      201: { description: 'It can be run', content: SET_JSON, headers: { Location: 'Address of the set' } },
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(['model-not-found', 'model-not-for-modality', 'unsuitable-cases', 'cancelled'] as const),
    ],
  },
  async ({ body, response, signal, context }) => {
    const { title, model: modelId, cases, classes: labels } = body;
    const request = { title, modelId, cases: cases.map(caseOf), labels };
    const set = await createExemplarSet(request, context.services().exemplars, signal);
    response.status(201).location(`${SETS}/${set.id}`).json(exemplarSetView(set));
  },
);

const list = defineRoute(
  {
    ...{ method: 'get', path: SETS, operationId: 'listExemplarSets' },
    summary: 'Exemplar sets, newest first',
    responses: { 200: { description: 'All', content: { [JSON_MEDIA_TYPE]: exemplarSetListSchema } } },
    problems: ['overloaded'],
  },
  async ({ response, context }) => {
    const sets = await context.services().exemplars.sets.list();
    response.json({ exemplarSets: sets.map(exemplarSetView) } satisfies ExemplarSetList);
  },
);

const read = defineRoute(
  {
    ...{ method: 'get', path: SET, operationId: 'readExemplarSet' },
    summary: 'An exemplar set: its classes, its cases, and what is to be known of it',
    parameters: setParameters,
    responses: { 200: { description: 'The set', content: SET_JSON } },
    problems: SET_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    response.json(exemplarSetView(await context.services().exemplars.sets.load(parameters.id)));
  },
);

const remove = defineRoute(
  {
    ...{ method: 'delete', path: SET, operationId: 'deleteExemplarSet' },
    summary: 'Forget an exemplar set; its cases and what it has found stay',
    parameters: setParameters,
    responses: { 204: { description: 'It is gone' } },
    problems: SET_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    await context.services().exemplars.sets.remove(parameters.id);
    response.status(204).end();
  },
);

const run = defineRoute(
  {
    ...{ method: 'post', path: `${SET}/runs`, operationId: 'runExemplarSet' },
    summary: 'Segment a series like the cases of a set',
    description:
      'Begins in the background. When it is done there is a segmentation, or the one named has new segments, ' +
      'corrected, undone and saved like any other. A run whose case has gone meanwhile, or whose series is of another ' +
      'modality, fails and says so; a series that is itself a case is segmented with a warning.',
    parameters: setParameters,
    body: runTaskRequestSchema,
    responses: RUN_BEGUN,
    problems: [...BODY_PROBLEMS, 'exemplar-set-not-found', 'model-not-found'],
  },
  async ({ parameters, body, response, context }) => {
    const { exemplars, runs } = context.services();
    const request = { exemplarSetId: parameters.id, ...targetOf(body) };
    sendBegun(response, await beginExemplarRun(request, exemplars, runs));
  },
);

export const exemplarSetRoutes = [create, list, read, remove, run];
