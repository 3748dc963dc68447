import { Problem } from '../../domain/errors.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import { parseMediaType } from '../../formats/mediaType.ts';
import { boundaryOf, collectPart, parseMultipart } from '../../formats/multipart.ts';
import { discard, textOf, type ArchiveHttp, type ArchiveReply } from './archiveHttp.ts';
import { searchInstances } from './searchInstances.ts';

/** Any transfer syntax: the archive sends what it has, and decodes nothing. */
const ACCEPT_MULTIPART = 'multipart/related; type="application/dicom"; transfer-syntax=*';
/** For archives that know single parts only. */
const ACCEPT_SINGLE = 'application/dicom; transfer-syntax=*';
/** Instances asked for at a time where the archive does not give a series at once. */
const PARALLEL_REQUESTS = 6;

/** Part 10 files of a series (PS3.18 10.4.1.1.1): in one reply, or instance by instance where it has to be. */
export async function* retrieveSeries(
  http: ArchiveHttp,
  series: SeriesReference,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const path = `/studies/${series.studyInstanceUID}/series/${series.seriesInstanceUID}`;
  const reply = await http.get(path, ACCEPT_MULTIPART, signal);
  if (isRefusalOfKind(reply.status)) {
    await discard(reply);
    yield* retrieveOneByOne(http, path, signal);
    return;
  }
  let count = 0;
  for await (const part10 of filesOf(reply)) {
    count++;
    yield part10;
  }
  if (count === 0) notFound();
}

/** A status that says that it does not serve this kind of request, not that it cannot now. */
function isRefusalOfKind(status: number): boolean {
  const others = [401, 403, 404, 408, 410];
  return (status >= 400 && status < 500 && !others.includes(status)) || status === 501;
}

async function* retrieveOneByOne(
  http: ArchiveHttp,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const uids = await searchInstances(http, path, signal);
  if (uids.length === 0) notFound();
  const waiting: Promise<readonly Uint8Array[]>[] = [];
  for (let next = 0; next < uids.length || waiting.length > 0;) {
    while (waiting.length < PARALLEL_REQUESTS && next < uids.length) {
      const retrieval = retrieveInstance(http, `${path}/instances/${uids[next++]}`, signal);
      // Awaited below in its turn; until then a failure is not unhandled.
      retrieval.catch(() => undefined);
      waiting.push(retrieval);
    }
    yield* (await waiting.shift()) ?? [];
  }
}

async function retrieveInstance(
  http: ArchiveHttp,
  path: string,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  let reply = await http.get(path, ACCEPT_MULTIPART, signal);
  if (isRefusalOfKind(reply.status)) {
    await discard(reply);
    reply = await http.get(path, ACCEPT_SINGLE, signal);
  }
  const files: Uint8Array[] = [];
  for await (const file of filesOf(reply)) files.push(file);
  return files;
}

/** @throws Problem series-not-found, archive-rejected, archive-unreachable, archive-timeout, cancelled */
async function* filesOf(reply: ArchiveReply): AsyncGenerator<Uint8Array, void, undefined> {
  if (reply.status === 204 || reply.status === 404 || reply.status === 410) {
    await discard(reply);
    notFound();
  }
  if (reply.status >= 300) {
    await textOf(reply);
    throw new Problem('archive-rejected', 'The archive does not hand out the series.', {
      archiveStatus: reply.status,
    });
  }
  const contentType = reply.headers.get('content-type') ?? '';
  if (parseMediaType(contentType)?.type === 'application/dicom') {
    yield await collectPart({ headers: new Map(), body: reply.body });
    return;
  }
  try {
    for await (const part of parseMultipart(reply.body, boundaryOf(contentType)))
      yield await collectPart(part);
  } catch (cause) {
    if (!(cause instanceof Problem) || !['invalid-request', 'unsupported-media-type'].includes(cause.code)) {
      throw cause;
    }
    const options = { cause };
    throw new Problem(
      'archive-unreachable',
      'The reply of the archive is cut short or damaged.',
      {},
      options,
    );
  }
}

function notFound(): never {
  throw new Problem('series-not-found', 'Check the study and series, or send the images to the archive.');
}
