import { predictStateless } from '../../application/predictStateless.ts';
import { predictionRequestSchema } from '../../contract/prediction.ts';
import { WARNINGS_HEADER } from '../../contract/warning.ts';
import { defineRoute } from '../route.ts';
import { asciiJson, warningView } from '../segmentationView.ts';
import { setServerTiming } from '../serverTiming.ts';
import { BODY_PROBLEMS, DICOM_MEDIA_TYPE, PREDICTION_PROBLEMS, SERVER_TIMING } from './vocabulary.ts';

export const createPrediction = defineRoute(
  {
    ...{ method: 'post', path: '/api/v1/predictions', operationId: 'createPrediction' },
    summary: 'Segment a series from prompts, and keep nothing',
    body: predictionRequestSchema,
    responses: {
      200: {
        description: 'A DICOM Segmentation with the segments in the order asked; empty ones are left out',
        content: { [DICOM_MEDIA_TYPE]: 'binary' },
        headers: {
          ...SERVER_TIMING,
          [WARNINGS_HEADER]:
            'What to know of the values of the series, as a JSON array of Warning; absent for nothing',
        },
      },
    },
    problems: [...BODY_PROBLEMS, ...PREDICTION_PROBLEMS, 'empty-segmentation', 'segments-overlap'],
  },
  async ({ body, response, signal, context }) => {
    const { studyInstanceUID, seriesInstanceUID, image, model, segments, ...wish } = body;
    const series = { studyInstanceUID, seriesInstanceUID, ...(image && { image }) };
    const { part10, warnings, timings } = await predictStateless(
      { series, modelId: model, segments, wish },
      context.services().workspace,
      signal,
    );
    setServerTiming(response, timings);
    if (warnings.length > 0) response.setHeader(WARNINGS_HEADER, asciiJson(warnings.map(warningView)));
    response.type(DICOM_MEDIA_TYPE).send(Buffer.from(part10.buffer, part10.byteOffset, part10.byteLength));
  },
);
