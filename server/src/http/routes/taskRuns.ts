import type { Response } from 'express';
import { z } from 'zod';
import type { RunTarget } from '../../application/keepFoundMasks.ts';
import type { SegmentationRun } from '../../application/segmentationRuns.ts';
import { taskRunSchema, type runTaskRequestSchema } from '../../contract/segmentationRun.ts';
import { defineRoute, type RouteDescription } from '../route.ts';
import { taskRunView } from '../taskRunView.ts';
import { JSON_MEDIA_TYPE } from './vocabulary.ts';

const RUNS = '/api/v1/task-runs';
const RUN = `${RUNS}/{id}`;
const runParameters = z.object({ id: z.uuid().meta({ description: 'Id of the run' }) });
const RUN_JSON = { [JSON_MEDIA_TYPE]: taskRunSchema };

/** The answer of routes that begin a run. */
export const RUN_BEGUN: RouteDescription['responses'] = {
  202: { description: 'It runs', content: RUN_JSON, headers: { Location: 'Address of the run' } },
};

export function sendBegun(response: Response, run: SegmentationRun): void {
  response.status(202).location(`${RUNS}/${run.id}`).json(taskRunView(run));
}

export function targetOf(body: z.output<typeof runTaskRequestSchema>): RunTarget {
  const { segmentationId, ...series } = body;
  return { series, ...(segmentationId !== undefined && { segmentationId }) };
}

const readRun = defineRoute(
  {
    ...{ method: 'get', path: RUN, operationId: 'readTaskRun' },
    summary: 'How far a run of a task or an exemplar set is, and what came of it',
    parameters: runParameters,
    responses: { 200: { description: 'The run', content: RUN_JSON } },
    problems: ['invalid-request', 'task-run-not-found', 'overloaded'],
  },
  ({ parameters, response, context }) => {
    response.json(taskRunView(context.services().runs.read(parameters.id)));
  },
);

const cancelRun = defineRoute(
  {
    ...{ method: 'post', path: `${RUN}/cancel`, operationId: 'cancelTaskRun' },
    summary: 'Give a run up; one that has ended stays as it is',
    parameters: runParameters,
    responses: { 200: { description: 'The run', content: RUN_JSON } },
    problems: ['invalid-request', 'task-run-not-found', 'overloaded'],
  },
  ({ parameters, response, context }) => {
    response.json(taskRunView(context.services().runs.cancel(parameters.id)));
  },
);

export const taskRunRoutes = [readRun, cancelRun];
