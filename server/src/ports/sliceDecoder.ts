import type { DecodedSlice } from '../domain/decodedSlice.ts';

/** Reads Part 10 files. */
export interface SliceDecoder {
  /**
   * The images of a file in the order of its frames; one where it is a single-frame instance.
   * @throws Problem unsupported-pixel-data, unsupported-geometry
   */
  slicesOf(part10: Uint8Array): AsyncIterable<DecodedSlice>;
}
