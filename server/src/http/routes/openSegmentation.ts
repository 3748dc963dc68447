import { openSegmentation } from '../../application/openSegmentation.ts';
import { openSegmentationRequestSchema, segmentationSchema } from '../../contract/segmentation.ts';
import { setEntityTag } from '../entityTag.ts';
import { defineRoute } from '../route.ts';
import { segmentationView } from '../segmentationView.ts';
import { setServerTiming } from '../serverTiming.ts';
import { BODY_PROBLEMS, ETAG, JSON_MEDIA_TYPE, SERVER_TIMING, VOLUME_PROBLEMS } from './vocabulary.ts';

export const openStoredSegmentation = defineRoute(
  {
    ...{ method: 'post', path: '/api/v1/segmentations/open', operationId: 'openSegmentation' },
    summary: 'Begin a segmentation from a DICOM segmentation in the archive',
    description:
      'Whoever wrote it: BINARY, LABELMAP, or FRACTIONAL, which is cut at half of its maximum. Segments keep their ' +
      'numbers, labels, colours, codes and tracking. `openedFrom` says where they come from, and what was changed.',
    body: openSegmentationRequestSchema,
    responses: {
      201: {
        description: 'It exists',
        content: { [JSON_MEDIA_TYPE]: segmentationSchema },
        headers: { ...ETAG, ...SERVER_TIMING, Location: 'Address of the segmentation' },
      },
    },
    problems: [
      ...[...BODY_PROBLEMS, ...VOLUME_PROBLEMS],
      ...([
        'model-not-found',
        'not-found',
        'unsupported-segmentation',
        'frame-of-reference-mismatch',
      ] as const),
    ],
  },
  async ({ body, response, signal, context }) => {
    const { studyInstanceUID, seriesInstanceUID, image, model, object } = body;
    const { segmentation, timings } = await openSegmentation(
      { series: { studyInstanceUID, seriesInstanceUID, ...(image && { image }) }, modelId: model, object },
      context.services().workspace,
      signal,
    );
    setEntityTag(response, segmentation.version);
    setServerTiming(response, timings);
    response.status(201).location(`/api/v1/segmentations/${segmentation.id}`);
    response.json(segmentationView(segmentation));
  },
);
