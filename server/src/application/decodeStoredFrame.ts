import { Problem } from '../domain/errors.ts';
import type { DicomWebArchive, InstanceReference } from '../ports/dicomWebArchive.ts';
import type { DecodedFrame, FrameDecoder } from '../ports/frameDecoder.ts';

export interface DecodePorts {
  readonly archive: DicomWebArchive;
  readonly decoder: FrameDecoder;
}

/**
 * A frame of compressed pixel data, decoded. Of the instance, which may be some gigabytes, that frame alone is read.
 * @param frameNumber 1-based
 * @throws Problem not-found, unsupported-pixel-data
 */
export async function decodeStoredFrame(
  instance: InstanceReference,
  frameNumber: number,
  { archive, decoder }: DecodePorts,
): Promise<DecodedFrame> {
  const file = await archive.frameFile(instance, frameNumber);
  try {
    return await decoder.decodeFrame(file, 0);
  } catch (cause) {
    // The decoder counts the frames of what it was given.
    if (!(cause instanceof Problem) || cause.facts['frameIndex'] !== 0) throw cause;
    throw new Problem(cause.code, cause.detail, { ...cause.facts, frameIndex: frameNumber - 1 }, { cause });
  }
}
