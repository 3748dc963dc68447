import { decodeStoredFrame, type DecodePorts } from '../../application/decodeStoredFrame.ts';
import { throwIfCancelled } from '../../application/singleFlight.ts';
import type { Slots } from '../../application/slots.ts';
import type { InstanceReference } from '../../ports/dicomWebArchive.ts';

export interface FramePorts extends DecodePorts {
  /** In which frames are read and decoded; none is held while the client takes what it has asked for. */
  readonly turns: Slots;
}

/**
 * Frames of compressed pixel data as raw little-endian bytes.
 * @throws Problem not-found, unsupported-pixel-data, cancelled
 */
export async function* decodeFrames(
  ports: FramePorts,
  instance: InstanceReference,
  frameNumbers: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const frameNumber of frameNumbers) {
    const { pixels } = await ports.turns.run(() => {
      throwIfCancelled(signal);
      return decodeStoredFrame(instance, frameNumber, ports);
    });
    yield new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  }
}
