import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { seriesParameters } from './vocabulary.ts';

export const warmSeries = defineRoute(
  {
    method: 'post',
    path: '/api/v1/series/{studyInstanceUID}/{seriesInstanceUID}/warm',
    operationId: 'warmSeries',
    summary: 'Fetch and encode a series ahead of the first click',
    parameters: seriesParameters,
    query: z.object({ model: z.string().min(1).max(64).default('default') }),
    responses: { 202: { description: 'It is being fetched; nothing more will be said about it' } },
    problems: ['invalid-request', 'model-not-found', 'overloaded'],
  },
  ({ parameters, query, response, context }) => {
    context.services().warm(parameters, query.model);
    response.status(202).end();
  },
);
