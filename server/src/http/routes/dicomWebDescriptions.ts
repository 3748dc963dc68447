import { z } from 'zod';
import { uidSchema } from '../../contract/identifiers.ts';
import type { RouteDescription } from '../route.ts';
import { DICOM_MEDIA_TYPE } from './vocabulary.ts';

const DICOM_JSON = z.array(z.record(z.string(), z.unknown())).meta({ id: 'DicomJson' });
const DICOM_JSON_CONTENT = { 'application/dicom+json': DICOM_JSON };
const MULTIPART = { 'multipart/related': 'binary' } as const;
const PICTURES = { 'image/jpeg': 'binary', 'image/png': 'binary' } as const;

const PARAMETERS = {
  ...{ studyInstanceUID: uidSchema, seriesInstanceUID: uidSchema, sopInstanceUID: uidSchema },
  frames: z.string().meta({ description: 'Frame numbers, from 1, with commas between' }),
  path: z.string().meta({ description: 'Tag, or sequence tag, item number, tag …' }),
} as const;

const ROOT = '/dicom-web';
const STUDY = `${ROOT}/studies/{studyInstanceUID}`;
const SERIES = `${STUDY}/series/{seriesInstanceUID}`;
const INSTANCE = `${SERIES}/instances/{sopInstanceUID}`;
const FRAMES = `${INSTANCE}/frames/{frames}`;

const SEARCHES = {
  searchStudies: `${ROOT}/studies`,
  searchSeries: `${ROOT}/series`,
  searchInstances: `${ROOT}/instances`,
  searchSeriesOfStudy: `${STUDY}/series`,
  searchInstancesOfStudy: `${STUDY}/instances`,
  searchInstancesOfSeries: `${SERIES}/instances`,
};
const SCOPES = { Study: STUDY, Series: SERIES, Instance: INSTANCE };

function describe(
  method: RouteDescription['method'],
  path: string,
  operationId: string,
  summary: string,
  rest: Pick<RouteDescription, 'responses' | 'problems'>,
): RouteDescription {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '');
  const shape = Object.fromEntries(Object.entries(PARAMETERS).filter(([name]) => names.includes(name)));
  return { method, path, operationId, summary, parameters: z.object(shape), ...rest };
}

/** What can go wrong in front of an archive, and, where it is a PACS, behind it. */
const ARCHIVE_PROBLEMS = [
  ...(['invalid-request', 'not-found', 'overloaded'] as const),
  ...(['archive-unreachable', 'archive-timeout'] as const),
];
const READ_PROBLEMS = [...ARCHIVE_PROBLEMS, 'not-acceptable', 'unsupported-pixel-data'] as const;

/**
 * The routes of the embedded archive's DICOMweb interface, for OpenAPI; DICOM PS3.18 section 10 describes them in
 * full. In front of a PACS everything under /dicom-web goes to it.
 */
export const dicomWebDescriptions: readonly RouteDescription[] = [
  ...Object.entries(SEARCHES).map(([operationId, path]) =>
    describe('get', path, operationId, 'Search (QIDO-RS)', {
      responses: { 200: { description: 'What was found', content: DICOM_JSON_CONTENT } },
      problems: ARCHIVE_PROBLEMS,
    }),
  ),
  ...Object.entries(SCOPES).flatMap(([scope, path]) => [
    describe('get', path, `retrieve${scope}`, 'Retrieve (WADO-RS)', {
      responses: {
        200: { description: 'Part 10 files', content: { ...MULTIPART, [DICOM_MEDIA_TYPE]: 'binary' } },
      },
      problems: READ_PROBLEMS,
    }),
    describe('get', `${path}/metadata`, `retrieve${scope}Metadata`, 'Retrieve metadata (WADO-RS)', {
      responses: { 200: { description: 'Attributes without bulk data', content: DICOM_JSON_CONTENT } },
      problems: ARCHIVE_PROBLEMS,
    }),
    ...['rendered', 'thumbnail'].map(picture =>
      describe('get', `${path}/${picture}`, `${picture}${scope}`, 'Retrieve a picture (WADO-RS)', {
        responses: { 200: { description: 'A picture', content: PICTURES } },
        problems: READ_PROBLEMS,
      }),
    ),
    describe('delete', path, `delete${scope}`, 'Delete', {
      responses: { 204: { description: 'It is deleted' } },
      problems: ARCHIVE_PROBLEMS,
    }),
  ]),
  ...['rendered', 'thumbnail'].map(picture =>
    describe('get', `${FRAMES}/${picture}`, `${picture}Frame`, 'Retrieve a picture of a frame (WADO-RS)', {
      responses: { 200: { description: 'A picture', content: PICTURES } },
      problems: READ_PROBLEMS,
    }),
  ),
  describe('get', FRAMES, 'retrieveFrames', 'Retrieve frames (WADO-RS)', {
    responses: { 200: { description: 'The frames', content: MULTIPART } },
    problems: READ_PROBLEMS,
  }),
  describe('get', `${INSTANCE}/bulkdata/{path}`, 'retrieveBulkData', 'Retrieve a binary value (WADO-RS)', {
    responses: { 200: { description: 'The value', content: MULTIPART } },
    problems: READ_PROBLEMS,
  }),
  ...Object.entries({ storeInstances: `${ROOT}/studies`, storeInstancesInStudy: STUDY }).map(
    ([operationId, path]) =>
      describe('post', path, operationId, 'Store (STOW-RS)', {
        responses: {
          200: { description: 'All were stored', content: DICOM_JSON_CONTENT },
          202: { description: 'Some were stored', content: DICOM_JSON_CONTENT },
          409: { description: 'None was stored', content: DICOM_JSON_CONTENT },
        },
        problems: [...ARCHIVE_PROBLEMS, 'unsupported-media-type'],
      }),
  ),
];
