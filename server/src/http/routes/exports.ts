import type { Response } from 'express';
import {
  exportLabelmap,
  exportStructureSet,
  storeStructureSet,
  type ExportedSegmentation,
} from '../../application/exportSegmentation.ts';
import { storedObjectSchema, type StoredObject } from '../../contract/segmentation.ts';
import { setEntityTag, versionFromIfMatch } from '../entityTag.ts';
import { defineRoute } from '../route.ts';
import { setServerTiming } from '../serverTiming.ts';
import {
  DICOM_MEDIA_TYPE,
  EDIT_PROBLEMS,
  ETAG,
  IF_MATCH,
  JSON_MEDIA_TYPE,
  READ_PROBLEMS,
  SERVER_TIMING,
  VOLUME_PROBLEMS,
  segmentationParameters,
} from './vocabulary.ts';

const EXPORTS = '/api/v1/segmentations/{id}/exports';
const GZIP_MEDIA_TYPE = 'application/gzip';
const HEADERS = { ...ETAG, ...SERVER_TIMING, 'Content-Disposition': 'Name for the file' };

const structureSet = defineRoute(
  {
    ...{ method: 'get', path: `${EXPORTS}/rtstruct`, operationId: 'exportStructureSet' },
    summary: 'The segmentation as a DICOM RT Structure Set',
    description:
      'Closed planar contours along the edges of the voxels: rasterised at voxel centres they give the masks back.',
    parameters: segmentationParameters,
    responses: {
      200: {
        description: 'The contours of all segments that are not empty; ROI numbers are segment numbers',
        content: { [DICOM_MEDIA_TYPE]: 'binary' },
        headers: HEADERS,
      },
    },
    problems: [...READ_PROBLEMS, ...VOLUME_PROBLEMS, 'empty-segmentation', 'model-not-found'],
  },
  async ({ parameters, response, signal, context }) => {
    const exported = await exportStructureSet(parameters.id, context.services().workspace, signal);
    sendFile(response, exported, DICOM_MEDIA_TYPE, 'rtstruct.dcm');
  },
);

const storedStructureSet = defineRoute(
  {
    ...{ method: 'post', path: `${EXPORTS}/rtstruct`, operationId: 'storeStructureSet' },
    summary: 'Store the segmentation in the archive as a DICOM RT Structure Set',
    description:
      'Every version that is stored is a series of its own. A version that is already stored is not stored twice.',
    parameters: segmentationParameters,
    headers: IF_MATCH,
    responses: {
      201: {
        description: 'It is stored',
        content: { [JSON_MEDIA_TYPE]: storedObjectSchema },
        headers: { ...ETAG, ...SERVER_TIMING, Location: 'Address of the DICOM object under /dicom-web' },
      },
    },
    problems: [
      ...[...READ_PROBLEMS, ...EDIT_PROBLEMS, ...VOLUME_PROBLEMS],
      ...(['empty-segmentation', 'model-not-found'] as const),
    ],
  },
  async ({ parameters, request, response, signal, context }) => {
    const version = versionFromIfMatch(request);
    const { workspace } = context.services();
    const saved = await storeStructureSet({ id: parameters.id, version }, workspace, signal);
    const { segmentation, timings, stored } = saved;
    const { seriesInstanceUID, sopInstanceUID } = stored;
    const { studyInstanceUID } = segmentation.series;
    setEntityTag(response, segmentation.version);
    setServerTiming(response, timings);
    response
      .status(201)
      .location(
        `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`,
      );
    response.json({ studyInstanceUID, seriesInstanceUID, sopInstanceUID } satisfies StoredObject);
  },
);

const labelmap = defineRoute(
  {
    ...{ method: 'get', path: `${EXPORTS}/nifti`, operationId: 'exportLabelmap' },
    summary: 'The segmentation as a NIfTI-1 image of segment numbers (.nii.gz)',
    description:
      'On the grid of the series, in RAS+; the labels are named in a comment extension. Where segments overlap, the ' +
      'one with the highest number is seen.',
    parameters: segmentationParameters,
    responses: {
      200: {
        description: 'All segments that are not empty',
        content: { [GZIP_MEDIA_TYPE]: 'binary' },
        headers: HEADERS,
      },
    },
    problems: [...READ_PROBLEMS, ...VOLUME_PROBLEMS, 'empty-segmentation'],
  },
  async ({ parameters, response, signal, context }) => {
    const exported = await exportLabelmap(parameters.id, context.services().workspace, signal);
    sendFile(response, exported, GZIP_MEDIA_TYPE, 'segmentation.nii.gz');
  },
);

function sendFile(
  response: Response,
  { segmentation, bytes, timings }: ExportedSegmentation,
  mediaType: string,
  fileName: string,
): void {
  setEntityTag(response, segmentation.version);
  setServerTiming(response, timings);
  response.attachment(fileName).type(mediaType);
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

export const exportRoutes = [structureSet, storedStructureSet, labelmap];
