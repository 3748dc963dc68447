import { measureSegmentation } from '../../application/measureSegmentation.ts';
import { segmentationMeasurementsSchema } from '../../contract/measurements.ts';
import { setEntityTag } from '../entityTag.ts';
import { measurementsView } from '../measurementsView.ts';
import { defineRoute } from '../route.ts';
import { setServerTiming } from '../serverTiming.ts';
import {
  ETAG,
  JSON_MEDIA_TYPE,
  READ_PROBLEMS,
  SERVER_TIMING,
  VOLUME_PROBLEMS,
  segmentationParameters,
} from './vocabulary.ts';

export const readMeasurements = defineRoute(
  {
    ...{ method: 'get', path: '/api/v1/segmentations/{id}/measurements', operationId: 'readMeasurements' },
    summary: 'Volume, diameters and values of each segment',
    parameters: segmentationParameters,
    responses: {
      200: {
        description: 'The measurements of all segments that are not empty',
        content: { [JSON_MEDIA_TYPE]: segmentationMeasurementsSchema },
        headers: { ...ETAG, ...SERVER_TIMING },
      },
    },
    problems: [...READ_PROBLEMS, ...VOLUME_PROBLEMS],
  },
  async ({ parameters, response, signal, context }) => {
    const measured = await measureSegmentation(parameters.id, context.services().workspace, signal);
    setEntityTag(response, measured.segmentation.version);
    setServerTiming(response, measured.timings);
    response.json(measurementsView(measured));
  },
);
