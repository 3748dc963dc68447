import type { BufferPool } from '../../domain/bufferPool.ts';
import { Problem } from '../../domain/errors.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import { sopInstanceUIDOf } from '../../formats/part10.ts';
import {
  ACCEPT_FASTEST,
  ACCEPT_STORED,
  discard,
  type ArchiveHttp,
  type ArchiveReply,
} from './archiveHttp.ts';
import { countInstances } from './countInstances.ts';
import { seriesPathOf } from './listInstances.ts';
import { filesOf, isRefusalOfKind, notFound } from './retrievedFiles.ts';
import { retrieveInstances } from './retrieveInstances.ts';

/** Some of what was asked for cannot be given, in this form or now (PS3.18 10.4.3). */
const PARTIAL_CONTENT = 206;
/** From the beginning of the retrieval: an archive that searches slower than it hands out is not waited for. */
const COUNT_TIMEOUT_MS = 10_000;

/**
 * Part 10 files of a series (PS3.18 10.4.1.1.1), each once: in one reply, or instance by instance where the archive
 * does not serve whole series. Where the line breaks in the middle, or the archive says that it gives a part only, or
 * counts more than it gives, what is missing is fetched instance by instance.
 * @throws Problem series-not-found, archive-rejected, archive-unreachable, archive-timeout, cancelled
 */
export async function* retrieveSeries(
  http: ArchiveHttp,
  series: SeriesReference,
  signal: AbortSignal,
  buffers?: BufferPool,
): AsyncGenerator<Uint8Array, void, undefined> {
  const taken = new Set<string>();
  const reply = await wholeSeries(http, seriesPathOf(series), signal);
  if (reply) {
    const files = filesOf(reply, buffers);
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(COUNT_TIMEOUT_MS)]);
    const counted = countInstances(http, series, inTime).catch(() => undefined);
    const isPart = async (): Promise<boolean> =>
      reply.status === PARTIAL_CONTENT || taken.size < ((await counted) ?? 0);
    const whole = wholeUnless(isPart, files);
    yield* wholeOrRest(whole, () => retrieveInstances(http, series, taken, signal), taken);
  } else {
    yield* untaken(retrieveInstances(http, series, taken, signal), taken);
  }
  if (taken.size === 0) notFound();
}

/** A volume with slices missing looks like one that was taken so. */
async function* wholeUnless(
  isPart: () => Promise<boolean>,
  files: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* files;
  if (await isPart())
    throw new Problem('archive-unreachable', 'The archive hands out a part of the series only.');
}

async function* wholeOrRest(
  whole: AsyncIterable<Uint8Array>,
  rest: () => AsyncIterable<Uint8Array>,
  taken: Set<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let broken: Problem;
  try {
    return yield* untaken(whole, taken);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'archive-unreachable') throw error;
    broken = error;
  }
  try {
    yield* untaken(rest(), taken);
  } catch (error) {
    // Not every archive lists its instances: what it said of that would only hide what happened before.
    throw error instanceof Problem && error.code === 'archive-rejected' ? broken : error;
  }
}

/** `undefined` where the archive does not serve series at once, however they are asked for. */
async function wholeSeries(
  http: ArchiveHttp,
  path: string,
  signal: AbortSignal,
): Promise<ArchiveReply | undefined> {
  for (const accept of [ACCEPT_FASTEST, ACCEPT_STORED]) {
    const reply = await http.get(path, accept, signal);
    // Where nothing is, instances may still be: archives made of static files have no whole series.
    const isMissing = reply.status === 404;
    if (!isMissing && !isRefusalOfKind(reply.status)) return reply;
    await discard(reply);
    if (isMissing) return undefined;
  }
  return undefined;
}

/** Leaves out what was there already, and remembers what is new. */
async function* untaken(
  files: AsyncIterable<Uint8Array>,
  taken: Set<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const file of files) {
    // A file that does not say its name is one of its own: whoever reads it will say what is wrong with it.
    const name = sopInstanceUIDOf(file) ?? `unnamed ${taken.size}`;
    if (taken.has(name)) continue;
    taken.add(name);
    yield file;
  }
}
