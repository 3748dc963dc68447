import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, interceptors, request } from 'undici';
import { Problem } from '../../domain/errors.ts';
import { archiveLocation, type ArchiveLocation } from '../../formats/archiveLocation.ts';
import { decodedBody } from './decodedBody.ts';
import { postRedirection } from './postRedirection.ts';
import { Watchdog } from './watchdog.ts';

export interface ArchiveReply {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Can be iterated once; what is left when the iteration stops is not transferred.
   * @throws Problem archive-unreachable, archive-timeout, cancelled
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** What of it may be held in one piece. */
  readonly maxTextBytes: number;
}

export interface ArchiveHttpOptions {
  /** Longest silence: from the request to the head of the reply, and between two chunks of its body. */
  readonly idleTimeoutMs: number;
  /** Longest wait for a whole reply, in sum: an archive that sends a byte now and then is as good as silent. */
  readonly totalTimeoutMs: number;
  /** Pauses before the second, third … attempt of a GET. */
  readonly retryDelaysMs: readonly number[];
  /** Of a reply that is read as a whole: a list, metadata. As JSON it takes several times as much memory. */
  readonly maxTextBytes: number;
}

const DEFAULT_OPTIONS: ArchiveHttpOptions = {
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 600_000,
  retryDelaysMs: [200, 800],
  // The metadata of 20,000 images take half of it.
  maxTextBytes: 2 ** 27,
};
const MULTIPART = 'multipart/related; type="application/dicom"';
/**
 * Uncompressed above all, which is read as fast as it comes; else as stored. What is stored comes last: Orthanc
 * looks at the last entry alone, and fails where it is asked to decompress what it cannot.
 */
export const ACCEPT_FASTEST = `${MULTIPART}; transfer-syntax=1.2.840.10008.1.2.1, ${MULTIPART}; transfer-syntax=*; q=0.5`;
/** For archives that take one entry only. */
export const ACCEPT_STORED = `${MULTIPART}; transfer-syntax=*`;
/** For archives that know single parts only. */
export const ACCEPT_SINGLE = 'application/dicom; transfer-syntax=*';

const MOST_REDIRECTIONS = 10;
/** Waiting is watched by the watchdog alone, whose patience is configured. */
const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 }).compose(
  postRedirection,
  interceptors.redirect({ maxRedirections: MOST_REDIRECTIONS }),
);

/** The archive, or the proxy before it, is busy or starting. */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

/** HTTP with an archive: silence has an end, GETs are tried again, failures become Problems. */
export class ArchiveHttp {
  readonly #location: ArchiveLocation;
  readonly #options: ArchiveHttpOptions;

  constructor(archiveUrl: string, options: Partial<ArchiveHttpOptions> = {}) {
    this.#location = archiveLocation(archiveUrl);
    this.#options = { ...DEFAULT_OPTIONS, ...options };
  }

  /**
   * Any status is a reply, but for those of a busy archive after the last attempt.
   * @param path below the DICOMweb root, with its leading slash
   * @throws Problem archive-unreachable, archive-timeout, cancelled
   */
  get(path: string, accept: string, signal: AbortSignal): Promise<ArchiveReply> {
    return this.getAndRead(path, accept, signal, reply => Promise.resolve(reply));
  }

  /**
   * `get`, and what `read` makes of the reply; where the line breaks while it reads, all is tried again.
   * @throws Problem archive-unreachable, archive-timeout, cancelled; what `read` throws
   */
  async getAndRead<Result>(
    path: string,
    accept: string,
    signal: AbortSignal,
    read: (reply: ArchiveReply) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      const delayMs = this.#options.retryDelaysMs[attempt];
      try {
        const reply = await this.#send(path, { headers: { Accept: accept } }, signal);
        if (!PASSING_STATUSES.has(reply.status)) return await read(reply);
        await discard(reply);
        throw new Problem('archive-unreachable', 'The archive is busy.', { archiveStatus: reply.status });
      } catch (error) {
        const isWorthRetrying = error instanceof Problem && error.code === 'archive-unreachable';
        if (delayMs === undefined || !isWorthRetrying) throw error;
      }
      await sleep(delayMs, undefined, { signal }).catch(cancelled);
    }
  }

  /** Tried once. @throws Problem archive-unreachable, archive-timeout, cancelled */
  async post(
    path: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ArchiveReply> {
    return this.#send(path, { method: 'POST', body, headers }, signal);
  }

  async #send(
    path: string,
    init: { method?: 'POST'; body?: Uint8Array<ArrayBuffer>; headers: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<ArchiveReply> {
    if (signal.aborted) cancelled();
    const { root, authorization } = this.#location;
    const watchdog = new Watchdog(this.#options);
    const headers = {
      // With gzip allowed, Orthanc compresses every instance: 4 to 10 s a series instead of 0.3.
      'Accept-Encoding': 'identity',
      ...(authorization !== undefined && { Authorization: authorization }),
      ...init.headers,
    };
    const both = AbortSignal.any([signal, watchdog.signal]);
    try {
      const reply = await watchdog.watch(
        request(`${root}${path}`, { ...init, headers, dispatcher, signal: both }),
      );
      const received = headersOf(reply.headers);
      const body = decodedBody(reply.body, received.get('content-encoding'));
      const { maxTextBytes } = this.#options;
      return {
        ...{ status: reply.statusCode, headers: received, maxTextBytes },
        body: chunksOf(body, watchdog, signal),
      };
    } catch (error) {
      throw problemOf(error, watchdog, signal);
    }
  }
}

/**
 * The body of a reply as text; what goes beyond the limit is not transferred.
 * @throws Problem archive-rejected (too long), archive-unreachable, archive-timeout, cancelled
 */
export async function textOf(reply: ArchiveReply): Promise<string> {
  const { maxTextBytes } = reply;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of reply.body) {
    length += chunk.length;
    if (length > maxTextBytes) {
      const detail =
        'The archive answers with more than is taken; have the limit raised by whoever runs the server.';
      throw new Problem('archive-rejected', detail, {
        archiveStatus: reply.status,
        maxReplyBytes: maxTextBytes,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Gives the connection back. */
export async function discard(reply: ArchiveReply): Promise<void> {
  for await (const _ of reply.body) break;
}

async function* chunksOf(
  body: Readable,
  watchdog: Watchdog,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  try {
    for (;;) {
      const next = await watchdog.watch(chunks.next());
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw problemOf(error, watchdog, signal);
  } finally {
    body.destroy();
  }
}

function headersOf(received: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(received)) {
    for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  return headers;
}

function cancelled(): never {
  throw new Problem('cancelled', 'The request to the archive is no longer wanted.');
}

function problemOf(error: unknown, watchdog: Watchdog, signal: AbortSignal): unknown {
  if (error instanceof Problem) return error;
  const options = { cause: error };
  if (signal.aborted) return new Problem('cancelled', 'The request is no longer wanted.', {}, options);
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'connection lost';
  if (watchdog.signal.aborted || reason.endsWith('TIMEOUT') || reason === 'ETIMEDOUT') {
    return new Problem('archive-timeout', 'The archive is silent; check it, or try again.', {}, options);
  }
  return new Problem('archive-unreachable', 'Check that the archive runs.', { reason }, options);
}
