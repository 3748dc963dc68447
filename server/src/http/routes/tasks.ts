import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { beginTaskRun } from '../../application/learning/runTask.ts';
import { changeTask, readCard } from '../../application/learning/taskChanges.ts';
import { runTaskRequestSchema } from '../../contract/segmentationRun.ts';
import { taskIdSchema, taskListSchema, taskSchema } from '../../contract/task.ts';
import { Problem } from '../../domain/errors.ts';
import { promoted, retired, type RegisteredTask } from '../../domain/task.ts';
import { markdownPage } from '../markdownPage.ts';
import { defineRoute, type Route } from '../route.ts';
import type { RouteContext } from '../services.ts';
import { taskView } from '../taskView.ts';
import { RUN_BEGUN, sendBegun, targetOf } from './taskRuns.ts';
import { BODY_PROBLEMS, JSON_MEDIA_TYPE } from './vocabulary.ts';

const TASKS = '/api/v1/tasks';
const TASK = `${TASKS}/{id}`;
const taskParameters = z.object({ id: taskIdSchema });
const TASK_PROBLEMS = ['invalid-request', 'task-not-found', 'overloaded'] as const;
const TASK_JSON = { [JSON_MEDIA_TYPE]: taskSchema };

const list = defineRoute(
  {
    ...{ method: 'get', path: TASKS, operationId: 'listTasks' },
    summary: 'Tasks that segment without prompts, newest first',
    responses: { 200: { description: 'All of them', content: { [JSON_MEDIA_TYPE]: taskListSchema } } },
    problems: ['overloaded'],
  },
  async ({ response, context }) => {
    const tasks = await context.services().learning.tasks.list();
    response.json({ tasks: tasks.map(task => view(task, context)) } satisfies z.infer<typeof taskListSchema>);
  },
);

const card = defineRoute(
  {
    ...{ method: 'get', path: `${TASK}/card`, operationId: 'readTaskCard' },
    summary: 'What a task is for, what it was made from, how well it does, and where it fails',
    parameters: taskParameters,
    responses: {
      200: { description: 'The card', content: { 'text/html': 'binary', 'text/markdown': 'binary' } },
    },
    problems: [...TASK_PROBLEMS, 'not-acceptable'],
  },
  async ({ parameters, request, response, context }) => {
    const accepted = request.accepts(['text/html', 'text/markdown']);
    if (accepted === false) throw new Problem('not-acceptable', 'Accept text/html or text/markdown.');
    const { task, markdown } = await readCard(parameters.id, context.services().learning);
    const source = await text(markdown);
    response.vary('Accept').type(accepted);
    response.send(accepted === 'text/html' ? markdownPage(task.description.title, source) : source);
  },
);

function changeRoute(
  action: 'promote' | 'retire',
  summary: string,
  change: (task: RegisteredTask, at: string) => RegisteredTask,
): Route {
  return defineRoute(
    {
      ...{ method: 'post', path: `${TASK}/${action}`, operationId: `${action}Task`, summary },
      parameters: taskParameters,
      responses: { 200: { description: 'The task now', content: TASK_JSON } },
      problems: [...TASK_PROBLEMS, 'wrong-state'],
    },
    async ({ parameters, response, context }) => {
      const task = await changeTask(parameters.id, change, context.services().learning);
      response.json(view(task, context));
    },
  );
}

const run = defineRoute(
  {
    ...{ method: 'post', path: `${TASK}/run`, operationId: 'runTask' },
    summary: 'Segment a series by a promoted task',
    description:
      'Begins in the background. When it is done there is a segmentation, or the one named has new segments, ' +
      'corrected, undone and saved like any other.',
    parameters: taskParameters,
    body: runTaskRequestSchema,
    responses: RUN_BEGUN,
    problems: [...BODY_PROBLEMS, 'task-not-found', 'wrong-state', 'model-not-found'],
  },
  async ({ parameters, body, response, context }) => {
    const { taskPorts, runs } = context.services();
    const request = { taskId: parameters.id, ...targetOf(body) };
    sendBegun(response, await beginTaskRun(request, taskPorts, runs));
  },
);

function view(task: RegisteredTask, context: RouteContext): z.infer<typeof taskSchema> {
  const { learning, capabilities } = context.services();
  return taskView(task, learning.workspace.zoo, capabilities.intendedUse);
}

export const taskRoutes: readonly Route[] = [
  ...[list, card],
  changeRoute('promote', 'Let a task be used, for the first time or again', promoted),
  changeRoute('retire', 'Let a task be used no more; it stays in the registry', retired),
  run,
];
