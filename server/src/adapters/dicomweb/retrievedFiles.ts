import type { BufferPool } from '../../domain/bufferPool.ts';
import { Problem } from '../../domain/errors.ts';
import { parseMediaType } from '../../formats/mediaType.ts';
import { boundaryOf, collectPart, parseMultipart } from '../../formats/multipart.ts';
import { discard, textOf, type ArchiveReply } from './archiveHttp.ts';

/** A status that says that the archive does not serve this kind of request, not that it cannot now. */
export function isRefusalOfKind(status: number): boolean {
  const others = [401, 403, 404, 408, 410];
  return (status >= 400 && status < 500 && !others.includes(status)) || status === 501;
}

export function notFound(): never {
  throw new Problem('series-not-found', 'Check the study and series, or send the images to the archive.');
}

/** @throws Problem series-not-found, archive-rejected, archive-unreachable, archive-timeout, cancelled */
export async function* filesOf(
  reply: ArchiveReply,
  buffers?: BufferPool,
): AsyncGenerator<Uint8Array, void, undefined> {
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
  for await (const { body } of partsOf(reply, buffers)) yield body;
}

export interface RetrievedPart {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * The parts of a multipart reply; the body itself where it is no multipart.
 * @throws Problem archive-unreachable when it is cut short or damaged, archive-timeout, cancelled
 */
export async function* partsOf(
  reply: ArchiveReply,
  buffers?: BufferPool,
): AsyncGenerator<RetrievedPart, void, undefined> {
  const contentType = reply.headers.get('content-type') ?? '';
  const type = parseMediaType(contentType)?.type ?? '';
  if (type === 'application/dicom' || type === 'application/octet-stream' || type.startsWith('image/')) {
    yield { contentType, body: await collectPart({ headers: lengthOf(reply), body: reply.body }) };
    return;
  }
  try {
    for await (const part of parseMultipart(reply.body, boundaryOf(contentType))) {
      const body = await collectPart(part, { buffers });
      yield { contentType: part.headers.get('content-type') ?? '', body };
    }
  } catch (cause) {
    const isDamaged =
      cause instanceof Problem && ['invalid-request', 'unsupported-media-type'].includes(cause.code);
    if (!isDamaged) throw cause;
    throw new Problem(
      'archive-unreachable',
      'The reply of the archive is cut short or damaged.',
      {},
      { cause },
    );
  }
}

function lengthOf(reply: ArchiveReply): ReadonlyMap<string, string> {
  const length = reply.headers.get('content-length');
  return new Map(length === null ? [] : [['content-length', length]]);
}
