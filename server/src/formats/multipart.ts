import { randomUUID } from 'node:crypto';
import { BufferPool } from '../domain/bufferPool.ts';
import { Problem } from '../domain/errors.ts';
import { ByteReader } from './byteReader.ts';
import { parseMediaType } from './mediaType.ts';

/** One part of a multipart/related message. Take the parts in order; what is left of one is skipped by the next. */
export interface MultipartPart {
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Can be iterated once. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface MultipartLimits {
  /** Header block of one part. */
  readonly maxHeaderBytes: number;
}

/** The largest value of an element, and so of pixel data that are not compressed (PS3.5 7.1.2). */
const MAX_PART_BYTES = 2 ** 32;
/** Room for a part of unknown length; an image of 512 × 512 fits. */
const FIRST_PART_BYTES = 640 * 1024;
const DEFAULT_LIMITS: MultipartLimits = { maxHeaderBytes: 16 * 1024 };
const CRLF = Buffer.from('\r\n');
const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/** @throws Problem unsupported-media-type when it is not multipart/related, invalid-request without a boundary */
export function boundaryOf(contentType: string): string {
  const mediaType = parseMediaType(contentType);
  if (mediaType?.type !== 'multipart/related') {
    throw new Problem('unsupported-media-type', 'Send multipart/related.', { contentType });
  }
  const boundary = mediaType.parameters.get('boundary');
  // RFC 2046 5.1.1: 1 to 70 characters.
  if (!boundary || boundary.length > 70) {
    throw new Problem('invalid-request', 'Name the boundary in the Content-Type (1 to 70 characters).');
  }
  return boundary;
}

/**
 * Reads multipart/related (RFC 2046 5.1, RFC 2387) as it arrives; memory is bounded by the chunks of `body`.
 * A part's Content-Length is trusted and spares the search for the delimiter.
 * @throws Problem invalid-request when the message is cut short or not multipart
 */
export async function* parseMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = DEFAULT_LIMITS,
): AsyncGenerator<MultipartPart, void, undefined> {
  const reader = new ByteReader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  try {
    // A message may start with its first delimiter: seen as if a line had ended before it.
    reader.buffered = CRLF;
    await new DelimitedBody(reader, delimiter).skip();
    while (await openPart(reader)) {
      const headers = await readHeaders(reader, limits.maxHeaderBytes);
      const part = bodyOf(reader, delimiter, headers.get('content-length'));
      yield { headers, body: part };
      await part.skip();
    }
  } finally {
    await reader.close();
  }
}

/** After a delimiter: true when a part follows, false at the close delimiter. */
async function openPart(reader: ByteReader): Promise<boolean> {
  while (reader.buffered.length < 2) await pullMore(reader);
  if (reader.buffered.subarray(0, 2).toString('latin1') === '--') return false;
  // The line end of the delimiter line stays: it is the first half of an empty header block's end.
  for (;;) {
    const lineEnd = reader.buffered.indexOf(CRLF);
    const padding = reader.buffered.subarray(0, lineEnd < 0 ? undefined : lineEnd).toString('latin1');
    if (!/^[ \t]*\r?$/.test(padding) || padding.length > 256) {
      throw new Problem('invalid-request', 'The multipart boundary line carries other text.');
    }
    if (lineEnd >= 0) {
      reader.take(lineEnd);
      return true;
    }
    await pullMore(reader);
  }
}

async function readHeaders(reader: ByteReader, maxHeaderBytes: number): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const end = reader.buffered.indexOf(END_OF_HEADERS);
    if (
      end > maxHeaderBytes ||
      (end < 0 && reader.buffered.length > maxHeaderBytes + END_OF_HEADERS.length)
    ) {
      throw new Problem('invalid-request', 'The headers of a part are too long.', { maxHeaderBytes });
    }
    if (end >= 0) {
      const block = reader.take(end + END_OF_HEADERS.length).toString('utf8');
      return parseHeaders(block);
    }
    await pullMore(reader);
  }
}

function parseHeaders(block: string): ReadonlyMap<string, string> {
  const lines = block
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter(line => line !== '');
  return new Map(
    lines.map(line => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new Problem('invalid-request', 'A header of a part has no name.');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function bodyOf(reader: ByteReader, delimiter: Buffer, contentLength: string | undefined): PartBody {
  if (contentLength === undefined) return new DelimitedBody(reader, delimiter);
  if (!/^\d{1,15}$/.test(contentLength)) {
    throw new Problem('invalid-request', 'The Content-Length of a part is not a number.', { contentLength });
  }
  return new CountedBody(reader, delimiter, Number(contentLength));
}

/** Hands out the bytes up to the next delimiter, and takes the delimiter itself before it ends. */
abstract class PartBody implements AsyncIterable<Uint8Array> {
  constructor(
    protected readonly reader: ByteReader,
    protected readonly delimiter: Buffer,
  ) {}

  /** The next bytes; `undefined` once the delimiter has been taken. */
  protected abstract read(): Promise<Buffer | undefined>;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk; chunk = await this.read()) yield chunk;
  }

  async skip(): Promise<void> {
    while (await this.read());
  }
}

class DelimitedBody extends PartBody {
  #ended = false;

  protected override async read(): Promise<Buffer | undefined> {
    while (!this.#ended) {
      const { buffered } = this.reader;
      const end = buffered.indexOf(this.delimiter);
      if (end >= 0) {
        const rest = this.reader.take(end);
        this.reader.take(this.delimiter.length);
        this.#ended = true;
        return rest.length > 0 ? rest : undefined;
      }
      // The last bytes may be the head of a delimiter that goes on in the next chunk.
      const safe = buffered.length - this.delimiter.length + 1;
      if (safe > 0) return this.reader.take(safe);
      await pullMore(this.reader);
    }
    return undefined;
  }
}

class CountedBody extends PartBody {
  #left: number;
  #ended = false;

  constructor(reader: ByteReader, delimiter: Buffer, length: number) {
    super(reader, delimiter);
    this.#left = length;
  }

  protected override async read(): Promise<Buffer | undefined> {
    if (this.#left > 0) {
      if (this.reader.buffered.length === 0) await pullMore(this.reader);
      const chunk = this.reader.take(this.#left);
      this.#left -= chunk.length;
      return chunk;
    }
    if (!this.#ended) {
      while (this.reader.buffered.length < this.delimiter.length) await pullMore(this.reader);
      if (!this.reader.take(this.delimiter.length).equals(this.delimiter)) {
        throw new Problem('invalid-request', 'The Content-Length of a part does not fit its body.');
      }
      this.#ended = true;
    }
    return undefined;
  }
}

async function pullMore(reader: ByteReader): Promise<void> {
  if (!(await reader.pull())) {
    throw new Problem('invalid-request', 'The multipart message ends in the middle.');
  }
}

export interface CollectOptions {
  readonly maxBytes?: number;
  /** Where the body may be put. */
  readonly buffers?: BufferPool | undefined;
}

/**
 * The whole body of a part in one piece.
 * @throws Problem payload-too-large past `maxBytes`
 */
export async function collectPart(
  part: MultipartPart,
  { maxBytes = MAX_PART_BYTES, buffers = new BufferPool() }: CollectOptions = {},
): Promise<Uint8Array> {
  const announced = Number(part.headers.get('content-length'));
  // Of known length it is written to its place as it comes, so that it is never held twice.
  let bytes = buffers.take(announced > 0 && announced <= maxBytes ? announced : FIRST_PART_BYTES);
  let length = 0;
  for await (const chunk of part.body) {
    const end = length + chunk.length;
    if (end > maxBytes) throw new Problem('payload-too-large', 'A part is too large.', { maxBytes });
    if (end > bytes.length) {
      const larger = buffers.take(Math.min(maxBytes, Math.max(end, 2 * bytes.length)));
      larger.set(bytes);
      buffers.giveBack(bytes);
      bytes = larger;
    }
    bytes.set(chunk, length);
    length = end;
  }
  return bytes.subarray(0, length);
}

/** A part to write. Give a streamed body its Content-Length in `headers` where it is known. */
export interface OutgoingPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

export function newBoundary(): string {
  return `tomoclick-${randomUUID()}`;
}

/** Content-Type of the whole message; `type` is that of its parts (RFC 2387 3.1, always quoted). */
export function multipartContentType(type: string, boundary: string): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`;
}

/** Writes a multipart/related message; the length of a part held in memory is told in its headers. */
export async function* writeMultipart(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { headers, body } of parts) {
    const length = body instanceof Uint8Array ? { 'Content-Length': String(body.length) } : {};
    const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
    yield Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`);
    if (body instanceof Uint8Array) yield body;
    else yield* body;
    yield CRLF;
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}
