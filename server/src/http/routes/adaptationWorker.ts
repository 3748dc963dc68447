import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import { z } from 'zod';
import { completeAdaptation } from '../../application/learning/completeAdaptation.ts';
import {
  claimAdaptation,
  failAdaptation,
  keepCheckpoint,
  keepPackageFile,
  readCaseImage,
  readCaseLabelmap,
  readCheckpoint,
  reportTraining,
} from '../../application/learning/workerProtocol.ts';
import {
  claimedAdaptationSchema,
  claimRequestSchema,
  completionReplySchema,
  completionSchema,
  failureSchema,
  leaseQuerySchema,
  reportReplySchema,
  trainingReportSchema,
} from '../../contract/adaptationWorker.ts';
import { Problem } from '../../domain/errors.ts';
import { PACKAGE_FILE_NAMES } from '../../domain/taskPackage.ts';
import { claimedAdaptationView } from '../adaptationView.ts';
import { defineRoute } from '../route.ts';
import { BODY_PROBLEMS, JSON_MEDIA_TYPE, VOLUME_PROBLEMS } from './vocabulary.ts';

const WORKER = '/api/v1/adaptation-worker';
const JOB = `${WORKER}/{id}`;
const BINARY_MEDIA_TYPE = 'application/octet-stream';
const jobParameters = z.object({ id: z.uuid().meta({ description: 'Adaptation id' }) });
const caseParameters = jobParameters.extend({ caseId: z.uuid().meta({ description: 'Case of the job' }) });
const fileParameters = jobParameters.extend({
  name: z.enum(PACKAGE_FILE_NAMES).meta({ description: 'File of the task package' }),
});
/** Of every route for workers, where the operator has set a token. */
const WORKER_PROBLEMS = ['unauthenticated', 'adaptation-not-found', 'lease-lost'] as const;

const claim = defineRoute(
  {
    ...{ method: 'post', path: `${WORKER}/claim`, operationId: 'claimAdaptation' },
    summary: 'For training workers: take the oldest waiting job',
    description:
      'Where TOMOCLICK_WORKER_TOKEN is set, every request of a worker carries it as a bearer token.',
    body: claimRequestSchema,
    responses: {
      200: { description: 'The job, leased', content: { [JSON_MEDIA_TYPE]: claimedAdaptationSchema } },
      204: { description: 'No job waits' },
    },
    problems: [...BODY_PROBLEMS, 'unauthenticated', 'worker-outdated'],
  },
  async ({ body, response, context }) => {
    const taken = await claimAdaptation(body, context.services().learning);
    if (taken) response.json(claimedAdaptationView(taken.job, taken.leaseId));
    else response.status(204).end();
  },
);

const image = defineRoute(
  {
    ...{ method: 'get', path: `${JOB}/cases/{caseId}/image`, operationId: 'readCaseImage' },
    summary: 'For training workers: the images of a case as NIfTI-1, float32, in modality units',
    parameters: caseParameters,
    query: leaseQuerySchema,
    responses: { 200: { description: 'A .nii file', content: { [BINARY_MEDIA_TYPE]: 'binary' } } },
    problems: ['invalid-request', 'overloaded', 'not-found', ...WORKER_PROBLEMS, ...VOLUME_PROBLEMS],
  },
  async ({ parameters: { id, caseId }, query, response, signal, context }) => {
    const pieces = await readCaseImage({ id, ...query }, caseId, context.services().learning, signal);
    response.type(BINARY_MEDIA_TYPE);
    await pipeline(Readable.from(pieces), response);
  },
);

const labelmap = defineRoute(
  {
    ...{ method: 'get', path: `${JOB}/cases/{caseId}/labelmap`, operationId: 'readCaseLabelmap' },
    summary:
      'For training workers: the labels of a case as NIfTI-1; a voxel holds the place of its class, from 1, or 255 in slices that the series lacks',
    parameters: caseParameters,
    query: leaseQuerySchema,
    responses: { 200: { description: 'A .nii file', content: { [BINARY_MEDIA_TYPE]: 'binary' } } },
    problems: ['invalid-request', 'overloaded', 'not-found', ...WORKER_PROBLEMS],
  },
  async ({ parameters: { id, caseId }, query, response, context }) => {
    const content = await readCaseLabelmap({ id, ...query }, caseId, context.services().learning);
    response.type(BINARY_MEDIA_TYPE);
    await pipeline(content, response);
  },
);

const report = defineRoute(
  {
    ...{ method: 'post', path: `${JOB}/progress`, operationId: 'reportTraining' },
    summary: 'For training workers: still at work, and how far; renews the lease',
    parameters: jobParameters,
    body: trainingReportSchema,
    responses: { 200: { description: 'Heard', content: { [JSON_MEDIA_TYPE]: reportReplySchema } } },
    problems: [...BODY_PROBLEMS, ...WORKER_PROBLEMS],
  },
  async ({ parameters: { id }, body: { leaseId, ...said }, response, context }) => {
    const cancel = await reportTraining({ id, leaseId }, said, context.services().learning);
    response.json({ cancel } satisfies z.infer<typeof reportReplySchema>);
  },
);

const putCheckpoint = defineRoute(
  {
    ...{ method: 'put', path: `${JOB}/checkpoint`, operationId: 'putCheckpoint' },
    summary: 'For training workers: what the next attempt goes on from; replaces the one before',
    parameters: jobParameters,
    query: leaseQuerySchema,
    bodyMediaType: BINARY_MEDIA_TYPE,
    responses: { 204: { description: 'It is kept' } },
    problems: [...BODY_PROBLEMS, ...WORKER_PROBLEMS],
  },
  async ({ parameters, query, request, response, context }) => {
    await keepCheckpoint({ ...parameters, ...query }, bodyOf(request), context.services().learning);
    response.status(204).end();
  },
);

const getCheckpoint = defineRoute(
  {
    ...{ method: 'get', path: `${JOB}/checkpoint`, operationId: 'readCheckpoint' },
    summary: 'For training workers: the newest checkpoint',
    parameters: jobParameters,
    query: leaseQuerySchema,
    responses: { 200: { description: 'As it was put', content: { [BINARY_MEDIA_TYPE]: 'binary' } } },
    problems: ['invalid-request', 'overloaded', 'not-found', ...WORKER_PROBLEMS],
  },
  async ({ parameters, query, response, context }) => {
    const content = await readCheckpoint({ ...parameters, ...query }, context.services().learning);
    response.type(BINARY_MEDIA_TYPE);
    await pipeline(content, response);
  },
);

const putFile = defineRoute(
  {
    ...{ method: 'put', path: `${JOB}/files/{name}`, operationId: 'putTaskFile' },
    summary: 'For training workers: a file of the task package',
    parameters: fileParameters,
    query: leaseQuerySchema,
    bodyMediaType: BINARY_MEDIA_TYPE,
    responses: { 204: { description: 'It is kept' } },
    problems: [...BODY_PROBLEMS, ...WORKER_PROBLEMS],
  },
  async ({ parameters: { id, name }, query, request, response, context }) => {
    await keepPackageFile({ id, ...query }, name, bodyOf(request), context.services().learning);
    response.status(204).end();
  },
);

const complete = defineRoute(
  {
    ...{ method: 'post', path: `${JOB}/complete`, operationId: 'completeAdaptation' },
    summary: 'For training workers: the package is whole; it is checked and becomes a candidate',
    parameters: jobParameters,
    body: completionSchema,
    responses: {
      200: { description: 'It is registered', content: { [JSON_MEDIA_TYPE]: completionReplySchema } },
    },
    problems: [
      ...[...BODY_PROBLEMS, ...WORKER_PROBLEMS, 'invalid-task-package' as const],
      // Its base has gone from the zoo meanwhile.
      ...(['model-not-found', 'model-not-adaptable'] as const),
    ],
  },
  async ({ parameters: { id }, body, response, context }) => {
    const taskId = await completeAdaptation({ id, ...body }, context.services().learning);
    response.json({ taskId } satisfies z.infer<typeof completionReplySchema>);
  },
);

const fail = defineRoute(
  {
    ...{ method: 'post', path: `${JOB}/fail`, operationId: 'failAdaptation' },
    summary: 'For training workers: the job cannot be done, or was cancelled',
    parameters: jobParameters,
    body: failureSchema,
    responses: { 204: { description: 'It has ended' } },
    problems: [...BODY_PROBLEMS, ...WORKER_PROBLEMS],
  },
  async ({ parameters: { id }, body: { leaseId, reason }, response, context }) => {
    await failAdaptation({ id, leaseId }, reason, context.services().learning);
    response.status(204).end();
  },
);

/** @throws Problem unsupported-media-type */
function bodyOf(request: Request): AsyncIterable<Uint8Array> {
  if (request.is(BINARY_MEDIA_TYPE)) return request;
  throw new Problem('unsupported-media-type', `Send the file with Content-Type: ${BINARY_MEDIA_TYPE}.`);
}

export const adaptationWorkerRoutes = [
  ...[claim, image, labelmap, report, putCheckpoint, getCheckpoint, putFile, complete, fail],
];
