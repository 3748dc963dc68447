import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { JSON_MEDIA_TYPE } from './vocabulary.ts';

const healthSchema = z.strictObject({ status: z.literal('up') }).meta({ id: 'Health' });

const readinessSchema = z
  .strictObject({
    ready: z.boolean(),
    parts: z.array(z.strictObject({ part: z.string(), ready: z.boolean(), detail: z.string().optional() })),
  })
  .meta({ id: 'Readiness' });

export const readHealth = defineRoute(
  {
    ...{ method: 'get', path: '/healthz', operationId: 'readHealth', summary: 'Is the process up?' },
    responses: { 200: { description: 'It is', content: { [JSON_MEDIA_TYPE]: healthSchema } } },
    problems: [],
  },
  ({ response }) => {
    response.json({ status: 'up' } satisfies z.infer<typeof healthSchema>);
  },
);

export const readReadiness = defineRoute(
  {
    ...{ method: 'get', path: '/readyz', operationId: 'readReadiness' },
    summary: 'Can the server work? Names the part that is not ready',
    responses: {
      200: { description: 'Every part is ready', content: { [JSON_MEDIA_TYPE]: readinessSchema } },
      503: { description: 'Some part is not ready', content: { [JSON_MEDIA_TYPE]: readinessSchema } },
    },
    problems: [],
  },
  async ({ response, context }) => {
    const parts = await context.readiness();
    const ready = parts.every(part => part.ready);
    response.status(ready ? 200 : 503).set('Cache-Control', 'no-store');
    response.json({ ready, parts: [...parts] } satisfies z.infer<typeof readinessSchema>);
  },
);
