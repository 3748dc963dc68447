import { z } from 'zod';
import { resetAdaptation } from '../../application/online/resetAdaptation.ts';
import {
  onlineAdaptationIdSchema,
  onlineAdaptationListSchema,
  type OnlineAdaptationList,
} from '../../contract/onlineAdaptation.ts';
import { onlineAdaptationView } from '../onlineAdaptationView.ts';
import { defineRoute } from '../route.ts';
import { JSON_MEDIA_TYPE } from './vocabulary.ts';

const ADAPTATIONS = '/api/v1/online-adaptations';

const list = defineRoute(
  {
    ...{ method: 'get', path: ADAPTATIONS, operationId: 'listOnlineAdaptations' },
    summary: 'What was learned from accepted corrections, and whether it is of use',
    description:
      'Each is of one label, modality and model, of the readers who ask; the one that learned last first.',
    responses: {
      200: { description: 'All of them', content: { [JSON_MEDIA_TYPE]: onlineAdaptationListSchema } },
    },
    problems: ['overloaded'],
  },
  async ({ response, context }) => {
    const { store, scope, isOn } = context.services().online;
    const adaptations = (await store.list(scope)).map(onlineAdaptationView);
    response.json({ isOn, adaptations } satisfies OnlineAdaptationList);
  },
);

const reset = defineRoute(
  {
    ...{ method: 'delete', path: `${ADAPTATIONS}/{id}`, operationId: 'resetOnlineAdaptation' },
    summary: 'Forget what was learned of one task',
    description: 'Segments that were begun with it go on as they were begun.',
    parameters: z.object({ id: onlineAdaptationIdSchema }),
    responses: { 204: { description: 'It is forgotten' } },
    problems: ['invalid-request', 'online-adaptation-not-found', 'overloaded'],
  },
  async ({ parameters, response, context }) => {
    await resetAdaptation(parameters.id, context.services().online);
    response.status(204).end();
  },
);

export const onlineAdaptationRoutes = [list, reset];
