import { setImmediate } from 'node:timers/promises';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { DEFAULT_SERIES_LIMITS } from '../../domain/seriesLimits.ts';
import type { SliceDecoder } from '../../ports/sliceDecoder.ts';
import { ImageFile } from './imageFile.ts';

export class DicomSliceDecoder implements SliceDecoder {
  readonly #maxHeaderBytes: number;

  constructor(maxHeaderBytes = DEFAULT_SERIES_LIMITS.maxHeaderBytes) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  async *slicesOf(bytes: Uint8Array): AsyncGenerator<DecodedSlice, void, undefined> {
    const file = ImageFile.open(bytes, this.#maxHeaderBytes);
    for (let frameIndex = 0; frameIndex < file.numberOfFrames; frameIndex++) {
      const slice = await file.slice(frameIndex);
      // Decompression takes 4 to 40 ms of the thread: others get their turn between slices.
      if (file.isCompressed) await setImmediate();
      yield slice;
    }
  }
}
