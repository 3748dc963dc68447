import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { fileSource } from '../../formats/byteSource.ts';
import { MalformedDataSetError } from '../../formats/dataSetReader.ts';
import { isPart10, PART10_START_BYTES, readPart10 } from '../../formats/part10.ts';
import {
  CANNOT_UNDERSTAND,
  OUT_OF_RESOURCES,
  readInstanceRecord,
  RejectedObjectError,
  type InstanceRecord,
} from './instanceRecord.ts';

/** PixelData of defined length ends here (PS3.5 7.1.2); nothing larger is one object. */
const MAX_OBJECT_BYTES = 2 ** 32;

export interface ReceivedObject {
  readonly record: InstanceRecord;
  readonly dataSetOffset: number;
}

/**
 * Writes an object to `path`, makes its bytes durable and reads it back as an instance.
 * Where it fails nothing stays at `path`.
 * @throws RejectedObjectError when the object cannot be stored; what the body throws, as it is
 */
export async function receiveObject(
  body: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<ReceivedObject> {
  const file = await open(path, 'wx+');
  try {
    const byteSize = await writeAll(file, body, signal);
    const part10 = await readPart10(fileSource(file, byteSize));
    return { record: await readInstanceRecord(part10, byteSize), dataSetOffset: part10.dataSetOffset };
  } catch (error) {
    await rm(path, { force: true });
    if (error instanceof MalformedDataSetError) {
      throw new RejectedObjectError(
        CANNOT_UNDERSTAND,
        `The object cannot be read: ${error.message}.`,
        {},
        {
          cause: error,
        },
      );
    }
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(
  file: FileHandle,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  let byteSize = 0;
  let start = Buffer.alloc(0);
  for await (const chunk of body) {
    signal.throwIfAborted();
    byteSize += chunk.length;
    if (byteSize > MAX_OBJECT_BYTES) {
      throw new RejectedObjectError(OUT_OF_RESOURCES, 'The object is too large.');
    }
    if (start.length < PART10_START_BYTES) {
      // Whatever else is sent or imported ends here, before it fills the disk.
      start = Buffer.concat([start, chunk.subarray(0, PART10_START_BYTES - start.length)]);
      if (start.length === PART10_START_BYTES && !isPart10(start)) break;
    }
    await write(file, chunk);
  }
  if (!isPart10(start)) throw new RejectedObjectError(CANNOT_UNDERSTAND, 'The object is not a DICOM file.');
  await file.sync();
  return byteSize;
}

async function write(file: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    await file.writeFile(chunk);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) {
      throw new RejectedObjectError(OUT_OF_RESOURCES, 'The disk of the archive is full.', {}, { cause });
    }
    throw cause;
  }
}

/** True when two files hold the same bytes from their data sets on. */
export async function sameDataSets(
  a: { readonly path: string; readonly dataSetOffset: number },
  b: { readonly path: string; readonly dataSetOffset: number },
): Promise<boolean> {
  const [sizeA, sizeB] = await Promise.all([a, b].map(async ({ path }) => (await stat(path)).size));
  if (sizeA === undefined || sizeB === undefined || sizeA - a.dataSetOffset !== sizeB - b.dataSetOffset)
    return false;
  const files = await Promise.all([open(a.path, 'r'), open(b.path, 'r')]);
  try {
    const [sourceA, sourceB] = [fileSource(files[0], sizeA), fileSource(files[1], sizeB)];
    const blockBytes = 1024 * 1024;
    for (let at = 0; at < sizeA - a.dataSetOffset; at += blockBytes) {
      const [blockA, blockB] = await Promise.all([
        sourceA.read(a.dataSetOffset + at, blockBytes),
        sourceB.read(b.dataSetOffset + at, blockBytes),
      ]);
      if (!blockA.equals(blockB)) return false;
    }
    return true;
  } finally {
    await Promise.all(files.map(file => file.close()));
  }
}
