import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import {
  multipartContentType,
  newBoundary,
  writeMultipart,
  type OutgoingPart,
} from '../../formats/multipart.ts';

/** Sends bytes as they come, no faster than the client takes them; stops the source when the client goes away. */
export async function sendStream(
  response: Response,
  body: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  try {
    await pipeline(Readable.from(body, { objectMode: false }), response);
  } catch (error) {
    // A client that hangs up is no failure of ours.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw error;
  }
}

/** @param type media type of the parts */
export async function sendMultipart(
  response: Response,
  type: string,
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
): Promise<void> {
  const boundary = newBoundary();
  response.status(200).set('Content-Type', multipartContentType(type, boundary));
  await sendStream(response, writeMultipart(parts, boundary));
}
