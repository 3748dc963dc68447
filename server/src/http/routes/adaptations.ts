import { z } from 'zod';
import {
  cancelAdaptation,
  listAdaptations,
  readAdaptation,
} from '../../application/learning/adaptationJobs.ts';
import { createAdaptation } from '../../application/learning/createAdaptation.ts';
import { surveyCases } from '../../application/learning/surveyCases.ts';
import {
  adaptationDetailSchema,
  adaptationListSchema,
  adaptationPreviewSchema,
  adaptationRequestSchema,
  adaptationSchema,
  type AdaptationList,
} from '../../contract/adaptation.ts';
import { adaptationDetailView, adaptationView, previewView } from '../adaptationView.ts';
import { defineRoute } from '../route.ts';
import { caseOf } from './caseRequest.ts';
import { BODY_PROBLEMS, JSON_MEDIA_TYPE } from './vocabulary.ts';

const ADAPTATIONS = '/api/v1/adaptations';
const ADAPTATION = `${ADAPTATIONS}/{id}`;
const adaptationParameters = z.object({ id: z.uuid().meta({ description: 'Adaptation id' }) });
const ADAPTATION_PROBLEMS = ['invalid-request', 'adaptation-not-found', 'overloaded'] as const;

const create = defineRoute(
  {
    ...{ method: 'post', path: ADAPTATIONS, operationId: 'createAdaptation' },
    summary: 'Have a task learned from stored segmentations',
    description:
      'The job waits for a training worker. The labels are kept as they are now. What it makes is a task that is ' +
      'not used before it is promoted, with an estimate from patients that it has not learned from.',
    body: adaptationRequestSchema,
    responses: {
      201: {
        description: 'It is in the queue',
        content: { [JSON_MEDIA_TYPE]: adaptationSchema },
        headers: { Location: 'Address of the job' },
      },
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(['model-not-found', 'model-not-adaptable', 'adaptation-leak', 'unsuitable-cases'] as const),
      ...(['series-changed', 'segmentation-not-found', 'cancelled'] as const),
    ],
  },
  async ({ body, response, signal, context }) => {
    const { title, model: modelId, method, cases, classes, settings } = body;
    const job = await createAdaptation(
      { title, modelId, method, settings, cases: cases.map(caseOf), labels: classes },
      context.services().learning,
      signal,
    );
    response.status(201).location(`${ADAPTATIONS}/${job.id}`).json(adaptationView(job));
  },
);

const preview = defineRoute(
  {
    ...{ method: 'post', path: `${ADAPTATIONS}/preview`, operationId: 'previewAdaptation' },
    summary: 'What a job would learn from, how patients are split, and what is wrong with the cases',
    body: adaptationRequestSchema,
    responses: {
      200: { description: 'Nothing was begun', content: { [JSON_MEDIA_TYPE]: adaptationPreviewSchema } },
    },
    problems: [...BODY_PROBLEMS, 'model-not-found', 'model-not-adaptable', 'cancelled'],
  },
  async ({ body, response, signal, context }) => {
    const { model: modelId, cases, classes: labels, settings } = body;
    const survey = await surveyCases(
      { modelId, cases: cases.map(caseOf), labels, folds: settings.folds },
      context.services().learning,
      signal,
    );
    response.json(previewView(survey));
  },
);

const list = defineRoute(
  {
    ...{ method: 'get', path: ADAPTATIONS, operationId: 'listAdaptations' },
    summary: 'Adaptation jobs, newest first, and which training workers are there',
    query: z.object({
      limit: z.coerce.number<string>().pipe(z.int().min(1).max(200)).default(50),
      offset: z.coerce.number<string>().pipe(z.int().min(0)).default(0),
    }),
    responses: { 200: { description: 'One page', content: { [JSON_MEDIA_TYPE]: adaptationListSchema } } },
    problems: ['invalid-request', 'overloaded'],
  },
  async ({ query, response, context }) => {
    const { learning } = context.services();
    const jobs = await listAdaptations(query, learning);
    response.json({
      adaptations: jobs.map(adaptationView),
      workers: [...learning.workers.presentAt(learning.nowMs())],
      outdatedWorkers: learning.workers.outdatedAt(learning.nowMs()).map(worker => ({ ...worker })),
    } satisfies AdaptationList);
  },
);

const read = defineRoute(
  {
    ...{ method: 'get', path: ADAPTATION, operationId: 'readAdaptation' },
    summary: 'A job with its curves and its log',
    parameters: adaptationParameters,
    responses: {
      200: { description: 'The job', content: { [JSON_MEDIA_TYPE]: adaptationDetailSchema } },
    },
    problems: ADAPTATION_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    const { job, reports } = await readAdaptation(parameters.id, context.services().learning);
    response.json(adaptationDetailView(job, reports));
  },
);

const cancel = defineRoute(
  {
    ...{ method: 'post', path: `${ADAPTATION}/cancel`, operationId: 'cancelAdaptation' },
    summary: 'Give a job up; a worker stops at its next report',
    parameters: adaptationParameters,
    responses: {
      200: { description: 'It is cancelled, or will be', content: { [JSON_MEDIA_TYPE]: adaptationSchema } },
    },
    problems: [...ADAPTATION_PROBLEMS, 'wrong-state'],
  },
  async ({ parameters, response, context }) => {
    response.json(adaptationView(await cancelAdaptation(parameters.id, context.services().learning)));
  },
);

export const adaptationRoutes = [create, preview, list, read, cancel];
