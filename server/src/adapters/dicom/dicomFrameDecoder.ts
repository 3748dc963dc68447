import type { DecodedFrame, FrameDecoder } from '../../ports/frameDecoder.ts';
import { decodeFrameOf } from './frameSamples.ts';
import { readImagePixel } from './imagePixel.ts';
import { Part10 } from './part10.ts';

export class DicomFrameDecoder implements FrameDecoder {
  async decodeFrame(part10: Uint8Array, frameIndex: number): Promise<DecodedFrame> {
    const parsed = Part10.parse(part10);
    return decodeFrameOf(parsed, readImagePixel(parsed), frameIndex);
  }
}
