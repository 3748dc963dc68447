import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { Slots } from '../../application/slots.ts';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import type { DicomWebArchive, InstanceReference, QueryLevel } from '../../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../../ports/frameDecoder.ts';
import type { PictureEncoder } from '../../ports/pictureEncoder.ts';
import { sendPicture } from '../dicomWeb/renderedPicture.ts';
import { retrieveBulkData, retrieveFrames } from '../dicomWeb/retrieveFrames.ts';
import { retrieveInstances } from '../dicomWeb/retrieveInstances.ts';
import { scopeOf } from '../dicomWeb/scopeParameters.ts';
import { parseSearch } from '../dicomWeb/searchParameters.ts';
import { sendStream } from '../dicomWeb/sendMultipart.ts';
import { storeInstances } from '../dicomWeb/storeInstances.ts';
import { patientDataCaching } from '../patientDataCaching.ts';
import { parseParameters } from '../validation.ts';

const DICOM_JSON = 'application/dicom+json';
const STUDY = '/studies/:studyInstanceUID';
const SERIES = `${STUDY}/series/:seriesInstanceUID`;
const INSTANCE = `${SERIES}/instances/:sopInstanceUID`;
const SCOPES = [STUDY, SERIES, INSTANCE];
const FRAMES = `${INSTANCE}/frames/:frames`;

/** For pictures and for frames that are sent decoded, at a time; as many are decoded at once. */
const MOST_IMAGES_READ = 4;

const framesSchema = z.object({
  frames: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.coerce.number<string>().int().min(1)).min(1)),
});
/** Tag, or sequence tag, item number, tag … */
const bulkDataPathSchema = z.object({
  path: z.array(z.string().regex(/^([\dA-F]{8}|[1-9]\d{0,5})$/i, 'must be a tag or an item number')),
});

/** QIDO-RS, WADO-RS and STOW-RS (PS3.18 section 10), and deletion, over an archive of our own. */
export function dicomWebRouter(
  archive: DicomWebArchive,
  decoder: FrameDecoder,
  pictures: PictureEncoder,
): Router {
  const router = express.Router();
  const ports = { archive, decoder, pictures, turns: new Slots(MOST_IMAGES_READ) };

  router.use(patientDataCaching);

  const searches: readonly (readonly [path: string, level: QueryLevel])[] = [
    ['/studies', 'study'],
    ['/series', 'series'],
    ['/instances', 'instance'],
    [`${STUDY}/series`, 'series'],
    [`${STUDY}/instances`, 'instance'],
    [`${SERIES}/instances`, 'instance'],
  ];
  for (const [path, level] of searches) {
    router.get(path, (request, response) => sendSearch(archive, level, request, response));
  }

  router.get(SCOPES, (request, response) =>
    retrieveInstances(archive, scopeOf(request.params), request, response),
  );
  router.get(
    SCOPES.map(scope => `${scope}/metadata`),
    (request, response) => sendMetadata(archive, request, response),
  );
  router.get(FRAMES, async (request, response) => {
    const { frames } = parseParameters(framesSchema, request.params);
    await retrieveFrames(ports, await instanceOf(archive, request), frames, request, response);
  });
  router.get(`${INSTANCE}/bulkdata/*path`, async (request, response) => {
    const { path } = parseParameters(bulkDataPathSchema, request.params);
    const tags = path.map(step => step.toUpperCase());
    await retrieveBulkData(ports, await instanceOf(archive, request), tags, request, response);
  });
  for (const picture of ['rendered', 'thumbnail']) {
    const isThumbnail = picture === 'thumbnail';
    router.get(
      SCOPES.map(scope => `${scope}/${picture}`),
      (request, response) => sendPicture(scopeOf(request.params), 1, isThumbnail, ports, request, response),
    );
    router.get(`${FRAMES}/${picture}`, (request, response) => {
      const [frame = 1] = parseParameters(framesSchema, request.params).frames;
      return sendPicture(scopeOf(request.params), frame, isThumbnail, ports, request, response);
    });
  }

  router.post('/studies', (request, response) =>
    storeInstances(archive, undefined, request.baseUrl, request, response),
  );
  router.post(STUDY, (request, response) => {
    const { studyInstanceUID } = scopeOf(request.params);
    return storeInstances(archive, studyInstanceUID, request.baseUrl, request, response);
  });
  router.delete(SCOPES, async (request, response) => {
    await archive.remove(scopeOf(request.params));
    response.status(204).end();
  });
  return router;
}

async function sendSearch(
  archive: DicomWebArchive,
  level: QueryLevel,
  request: Request,
  response: Response,
): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const query = parseSearch(level, request.params, searchParams);
  const found = await archive.search({ ...query, limit: query.limit + 1 });
  if (found.length > query.limit) {
    // PS3.18 8.3.4.4.1
    response.set('Warning', '299 tomoclick "There are additional results that can be requested"');
  }
  const results = found.slice(0, query.limit).map(result => withRetrieveUrl(result, level, request.baseUrl));
  response.status(200).set('Content-Type', DICOM_JSON).send(JSON.stringify(results));
}

function withRetrieveUrl(result: DicomJsonDataset, level: QueryLevel, rootUri: string): DicomJsonDataset {
  const uid = (tag: string): string => {
    const value = result[tag]?.Value?.[0];
    return typeof value === 'string' ? value : '';
  };
  const series = level === 'study' ? '' : `/series/${uid('0020000E')}`;
  const instance = level === 'instance' ? `/instances/${uid('00080018')}` : '';
  const url = `${rootUri}/studies/${uid('0020000D')}${series}${instance}`;
  return { ...result, '00081190': { vr: 'UR', Value: [url] } };
}

async function sendMetadata(archive: DicomWebArchive, request: Request, response: Response): Promise<void> {
  const texts = archive.metadata(scopeOf(request.params), request.baseUrl)[Symbol.asyncIterator]();
  // The first one decides between an answer and a problem, before anything is sent.
  const first = await texts.next();
  response.status(200).set('Content-Type', DICOM_JSON);
  await sendStream(response, jsonArray(first, texts));
}

async function* jsonArray(
  first: IteratorResult<string>,
  rest: AsyncIterator<string>,
): AsyncGenerator<string, void, undefined> {
  for (let [next, separator] = [first, '[']; !next.done; [next, separator] = [await rest.next(), ',']) {
    yield separator + next.value;
  }
  yield ']';
}

async function instanceOf(archive: DicomWebArchive, request: Request): Promise<InstanceReference> {
  const [instance] = await archive.instances(scopeOf(request.params));
  // `instances` throws not-found rather than give none.
  if (!instance) throw new Error('the archive found an instance and then did not');
  return instance;
}
