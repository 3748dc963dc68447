import type { StoredPixels } from '../domain/decodedSlice.ts';

/** One frame as it is stored: no rescale, no window, no palette applied. */
export interface DecodedFrame {
  readonly rows: number;
  readonly columns: number;
  /** 3 is always RGB, interleaved (YBR is converted). */
  readonly samplesPerPixel: 1 | 3;
  /** Of the pixels as they lie here: RGB where samplesPerPixel is 3. */
  readonly photometricInterpretation: string;
  /** Length rows × columns × samplesPerPixel, row by row. */
  readonly pixels: StoredPixels;
}

/** Reads single frames of Part 10 files, for pictures. */
export interface FrameDecoder {
  /**
   * @param frameIndex 0-based
   * @throws Problem unsupported-pixel-data, also when there is no such frame
   */
  decodeFrame(part10: Uint8Array, frameIndex: number): Promise<DecodedFrame>;
}
