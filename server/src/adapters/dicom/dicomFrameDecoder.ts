import { DEFAULT_SERIES_LIMITS } from '../../domain/seriesLimits.ts';
import type { DecodedFrame, FrameDecoder } from '../../ports/frameDecoder.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { readImagePixel } from './imagePixel.ts';
import { Part10 } from './part10.ts';

export class DicomFrameDecoder implements FrameDecoder {
  readonly #maxHeaderBytes: number;

  constructor(maxHeaderBytes = DEFAULT_SERIES_LIMITS.maxHeaderBytes) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  async decodeFrame(part10: Uint8Array, frameIndex: number): Promise<DecodedFrame> {
    const parsed = Part10.parse(part10, this.#maxHeaderBytes);
    return decodeFrameOf(parsed, readImagePixel(parsed), frameIndex);
  }
}
