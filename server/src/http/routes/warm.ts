import { z } from 'zod';
import { pointLpsSchema } from '../../contract/identifiers.ts';
import { defineRoute } from '../route.ts';
import { imageOfQuery, imageQueryShape, seriesParameters } from './vocabulary.ts';

const warmQuery = z.object({ model: z.string().min(1).max(64).default('default'), ...imageQueryShape });

export const warmPoint = defineRoute(
  {
    method: 'post',
    path: '/api/v1/series/{studyInstanceUID}/{seriesInstanceUID}/warm-point',
    operationId: 'warmPoint',
    summary: 'Encode what a first click at a point would need',
    description:
      'For viewers, where the pointer rests. It changes no answer, only when it comes, and is done only while nobody waits. A later point of the same series replaces an earlier one.',
    parameters: seriesParameters,
    query: warmQuery,
    body: z.object({ pointLps: pointLpsSchema }),
    responses: { 202: { description: 'It is being encoded; nothing more will be said about it' } },
    problems: ['invalid-request', 'model-not-found', 'overloaded'],
  },
  ({ parameters, query, body, response, context }) => {
    context.services().warmPoint({ ...parameters, ...imageOfQuery(query) }, query.model, body.pointLps);
    response.status(202).end();
  },
);

export const warmSeries = defineRoute(
  {
    method: 'post',
    path: '/api/v1/series/{studyInstanceUID}/{seriesInstanceUID}/warm',
    operationId: 'warmSeries',
    summary: 'Fetch and encode a series ahead of the first click',
    parameters: seriesParameters,
    query: warmQuery,
    responses: { 202: { description: 'It is being fetched; nothing more will be said about it' } },
    problems: ['invalid-request', 'model-not-found', 'overloaded'],
  },
  ({ parameters, query, response, context }) => {
    context.services().warm({ ...parameters, ...imageOfQuery(query) }, query.model);
    response.status(202).end();
  },
);
