import { z } from 'zod';
import type { DicomJsonDataset, DicomJsonValue } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import { parseMediaType } from '../../formats/mediaType.ts';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '../../formats/part10.ts';
import { writePart10, type Frames } from '../../formats/part10Writer.ts';
import { textOf, type ArchiveHttp, type ArchiveReply } from './archiveHttp.ts';
import { retrievedInParallel } from './parallelRetrieval.ts';
import { partsOf } from './retrievedFiles.ts';

const OCTETS = 'multipart/related; type="application/octet-stream"';
const ACCEPT_FRAMES = `${OCTETS}; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}, ${OCTETS}; transfer-syntax=*; q=0.5`;
/** Of a frame whose media type names none (PS3.18 table 8.7.3-5). */
const DEFAULT_TRANSFER_SYNTAXES: Readonly<Record<string, string>> = {
  'application/octet-stream': EXPLICIT_LITTLE_ENDIAN,
  'image/jpeg': '1.2.840.10008.1.2.4.70',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
};

/** Whose plain pixels are those of explicit little endian: an archive may name the one that its file has. */
const PLAIN_LITTLE_ENDIAN: readonly string[] = [IMPLICIT_LITTLE_ENDIAN, DEFLATED_LITTLE_ENDIAN];

/** Their numbers stand in the address, which may not grow too long. */
const FRAMES_A_REQUEST = 200;
/** More is taken for damage. */
const MOST_FRAMES = 100_000;

const valueSchema: z.ZodType<DicomJsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.null(), personNameSchema, datasetSchema]),
);
const personNameSchema = z.strictObject({
  Alphabetic: z.string().exactOptional(),
  Ideographic: z.string().exactOptional(),
  Phonetic: z.string().exactOptional(),
});
const datasetSchema: z.ZodType<DicomJsonDataset> = z.record(
  z.string().regex(/^[\dA-F]{8}$/),
  z.object({
    vr: z.string().regex(/^[A-Z]{2}$/),
    Value: z.array(valueSchema).exactOptional(),
    InlineBinary: z.string().exactOptional(),
    BulkDataURI: z.string().exactOptional(),
  }),
);

/**
 * Part 10 files of instances of a series, put together from the metadata of the series and the frames of each instance
 * (PS3.18 10.4.1.1.5, 10.4.1.1.6), for archives that hand out nothing else.
 * @throws Problem archive-rejected, archive-unreachable, archive-timeout, cancelled
 */
export async function* retrieveFrames(
  http: ArchiveHttp,
  seriesPath: string,
  sopInstanceUIDs: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const datasets = await http.getAndRead(
    `${seriesPath}/metadata`,
    'application/dicom+json',
    signal,
    readMetadata,
  );
  const described = new Map(datasets.map(dataset => [uidOf(dataset), dataset]));
  const wanted = sopInstanceUIDs.map(uid => described.get(uid)).filter(dataset => dataset !== undefined);
  if (wanted.length < sopInstanceUIDs.length) {
    throw new Problem('archive-rejected', 'The metadata of the archive describe a part of the series only.', {
      ...{ describedCount: wanted.length, listedCount: sopInstanceUIDs.length },
    });
  }
  yield* retrievedInParallel(wanted, signal, async (dataset, either) =>
    writePart10(dataset, await framesOf(http, seriesPath, dataset, either)),
  );
}

/** All frames of an instance, in as many requests as their numbers need. */
async function framesOf(
  http: ArchiveHttp,
  seriesPath: string,
  dataset: DicomJsonDataset,
  signal: AbortSignal,
): Promise<Frames> {
  const frameCount = frameCountOf(dataset);
  const frames: Uint8Array[] = [];
  let transferSyntaxUID = EXPLICIT_LITTLE_ENDIAN;
  while (frames.length < frameCount) {
    const count = Math.min(FRAMES_A_REQUEST, frameCount - frames.length);
    const numbers = Array.from({ length: count }, (_, index) => frames.length + index + 1);
    const path = `${seriesPath}/instances/${uidOf(dataset)}/frames/${numbers.join(',')}`;
    const some = await http.getAndRead(path, ACCEPT_FRAMES, signal, readFrames);
    if (some.frames.length !== count) {
      throw new Problem('archive-rejected', 'The archive hands out other frames than it was asked for.');
    }
    frames.push(...some.frames);
    ({ transferSyntaxUID } = some);
  }
  return { transferSyntaxUID, frames };
}

async function readMetadata(reply: ArchiveReply): Promise<readonly DicomJsonDataset[]> {
  const text = await textOf(reply);
  const parsed = reply.status < 300 ? z.array(datasetSchema).safeParse(jsonOf(text)) : undefined;
  if (!parsed?.success) rejected(reply.status);
  return parsed.data;
}

async function readFrames(reply: ArchiveReply): Promise<Frames> {
  if (reply.status >= 300) {
    await textOf(reply);
    rejected(reply.status);
  }
  let transferSyntaxUID = EXPLICIT_LITTLE_ENDIAN;
  const frames: Uint8Array[] = [];
  for await (const { contentType, body } of partsOf(reply)) {
    const mediaType = parseMediaType(contentType);
    const named =
      mediaType?.parameters.get('transfer-syntax') ??
      DEFAULT_TRANSFER_SYNTAXES[mediaType?.type ?? ''] ??
      EXPLICIT_LITTLE_ENDIAN;
    transferSyntaxUID = PLAIN_LITTLE_ENDIAN.includes(named) ? EXPLICIT_LITTLE_ENDIAN : named;
    frames.push(body);
  }
  return { transferSyntaxUID, frames };
}

function uidOf(dataset: DicomJsonDataset): string {
  const uid = dataset['00080018']?.Value?.[0];
  return typeof uid === 'string' ? uid : '';
}

function frameCountOf(dataset: DicomJsonDataset): number {
  const count = Number(dataset['00280008']?.Value?.[0] ?? 1);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_FRAMES) return count;
  throw new Problem('archive-rejected', 'The metadata of the archive name no usable number of frames.');
}

function rejected(archiveStatus: number): never {
  throw new Problem('archive-rejected', 'The archive hands out neither instances nor frames.', {
    archiveStatus,
  });
}

/** `undefined` for what is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
