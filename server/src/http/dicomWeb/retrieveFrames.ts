import { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { Problem } from '../../domain/errors.ts';
import { EXPLICIT_LITTLE_ENDIAN } from '../../formats/part10.ts';
import type { OutgoingPart } from '../../formats/multipart.ts';
import type { FrameSet, InstanceReference, PixelData } from '../../ports/dicomWebArchive.ts';
import { clientSignal } from '../clientSignal.ts';
import { acceptedMediaTypes, takes, type AcceptedMediaType } from './acceptedMediaTypes.ts';
import { decodeFrames, type FramePorts } from './decodedFrames.ts';
import { sendMultipart, sendStream } from './sendMultipart.ts';

const OCTETS = 'application/octet-stream';
const PIXEL_DATA_TAGS = ['7FE00010', '7FE00008', '7FE00009'];

/** Media types of single frames by transfer syntax (PS3.18 table 8.7.3-5). */
const FRAME_MEDIA_TYPES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.51': 'image/jpeg',
  '1.2.840.10008.1.2.4.57': 'image/jpeg',
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.81': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.92': 'image/jpx',
  '1.2.840.10008.1.2.4.93': 'image/jpx',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.4.202': 'image/jphc',
  '1.2.840.10008.1.2.4.203': 'image/jphc',
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
};

interface Representation {
  readonly type: string;
  readonly transferSyntaxUID: string;
  readonly isMultipart: boolean;
  readonly isDecoded: boolean;
}

/**
 * Sends frames (PS3.18 10.4.1.1.6): native ones as raw little-endian bytes, compressed ones as they are stored where
 * the client takes that (`transfer-syntax=*`, the transfer syntax itself, or the image's media type), else decoded.
 * @throws Problem not-found, not-acceptable, unsupported-pixel-data, cancelled
 */
export async function retrieveFrames(
  ports: FramePorts,
  instance: InstanceReference,
  frameNumbers: readonly number[] | undefined,
  request: Request,
  response: Response,
): Promise<void> {
  const frameSet = await ports.archive.frames(instance, frameNumbers);
  const isSingle = frameNumbers?.length === 1;
  const choice = acceptedMediaTypes(request)
    .map(accepted => represent(accepted, frameSet.transferSyntaxUID))
    .find(candidate => candidate !== undefined && (candidate.isMultipart || isSingle));
  if (!choice) {
    throw new Problem('not-acceptable', `Accept multipart/related; type="${OCTETS}"; transfer-syntax=*.`, {
      transferSyntax: frameSet.transferSyntaxUID,
    });
  }
  const frames = choice.isDecoded
    ? decodeFrames(ports, instance, frameSet.frameNumbers, clientSignal(response))
    : frameSet.frames;
  const contentType = `${choice.type}; transfer-syntax=${choice.transferSyntaxUID}`;
  if (choice.isMultipart) return sendMultipart(response, choice.type, parts(frames, contentType));
  for await (const frame of frames) response.status(200).set('Content-Type', contentType).end(frame);
}

function represent(accepted: AcceptedMediaType, stored: string): Representation | undefined {
  const { transferSyntax } = accepted;
  const isMultipart = accepted.isMultipart || accepted.type === '*/*';
  const image = FRAME_MEDIA_TYPES[stored];
  const raw = { type: OCTETS, transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN, isMultipart };
  if (stored === EXPLICIT_LITTLE_ENDIAN) {
    const isWanted = transferSyntax === undefined || transferSyntax === '*' || transferSyntax === stored;
    return takes(accepted.type, OCTETS) && isWanted ? { ...raw, isDecoded: false } : undefined;
  }
  const isStoredWanted = transferSyntax === '*' || transferSyntax === stored;
  if (
    image !== undefined &&
    takes(accepted.type, image) &&
    (isStoredWanted || transferSyntax === undefined)
  ) {
    return { type: image, transferSyntaxUID: stored, isMultipart, isDecoded: false };
  }
  if (!takes(accepted.type, OCTETS)) return undefined;
  if (isStoredWanted) return { type: OCTETS, transferSyntaxUID: stored, isMultipart, isDecoded: false };
  const isRawWanted = transferSyntax === undefined || transferSyntax === EXPLICIT_LITTLE_ENDIAN;
  return isRawWanted ? { ...raw, isDecoded: true } : undefined;
}

async function* parts(
  frames: FrameSet['frames'],
  contentType: string,
): AsyncGenerator<OutgoingPart, void, undefined> {
  for await (const body of frames) yield { headers: { 'Content-Type': contentType }, body };
}

/**
 * Sends a binary value; compressed pixel data as its frames.
 * @throws Problem not-found, not-acceptable
 */
export async function retrieveBulkData(
  ports: FramePorts,
  instance: InstanceReference,
  path: readonly string[],
  request: Request,
  response: Response,
): Promise<void> {
  const [tag = ''] = path;
  const isPixelData = path.length === 1 && PIXEL_DATA_TAGS.includes(tag);
  if (isPixelData) {
    const { transferSyntaxUID } = await ports.archive.frames(instance, []);
    if (transferSyntaxUID !== EXPLICIT_LITTLE_ENDIAN) {
      return retrieveFrames(ports, instance, undefined, request, response);
    }
  }
  const choice = acceptedMediaTypes(request).find(accepted => takes(accepted.type, OCTETS));
  if (!choice) throw new Problem('not-acceptable', `Accept ${OCTETS}, alone or in multipart/related.`);
  const { byteLength, chunks } = isPixelData
    ? await ports.archive.pixelData(instance, tag)
    : inOne(await ports.archive.bulkData(instance, path));
  const headers = { 'Content-Type': OCTETS, 'Content-Length': String(byteLength) };
  if (!choice.isMultipart && choice.type !== '*/*') {
    response.status(200).set(headers);
    return sendStream(response, chunks);
  }
  return sendMultipart(response, OCTETS, [{ headers, body: chunks }]);
}

function inOne(value: Uint8Array): PixelData {
  return { byteLength: value.length, chunks: Readable.from(value.length > 0 ? [value] : []) };
}
