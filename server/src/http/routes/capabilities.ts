import { capabilitiesSchema } from '../../contract/capabilities.ts';
import { defineRoute } from '../route.ts';
import { JSON_MEDIA_TYPE } from './vocabulary.ts';

export const readCapabilities = defineRoute(
  {
    ...{ method: 'get', path: '/api/v1/capabilities', operationId: 'readCapabilities' },
    summary: 'What this server can do, and with which models',
    responses: {
      200: { description: 'The capabilities', content: { [JSON_MEDIA_TYPE]: capabilitiesSchema } },
    },
    problems: ['overloaded'],
  },
  ({ response, context }) => {
    response.json(context.services().capabilities);
  },
);
