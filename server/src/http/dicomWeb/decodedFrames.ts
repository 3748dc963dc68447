import type { DicomWebArchive, InstanceReference } from '../../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../../ports/frameDecoder.ts';

/** Frames of compressed pixel data as raw little-endian bytes. @throws Problem unsupported-pixel-data */
export async function* decodeFrames(
  archive: DicomWebArchive,
  decoder: FrameDecoder,
  instance: InstanceReference,
  frameNumbers: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const part10 = await readWhole(archive, instance);
  for (const frameNumber of frameNumbers) {
    const { pixels } = await decoder.decodeFrame(part10, frameNumber - 1);
    yield new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  }
}

async function readWhole(archive: DicomWebArchive, instance: InstanceReference): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.read(instance)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
