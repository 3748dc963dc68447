import type { DecodedSlice } from '../domain/decodedSlice.ts';

/** Reads Part 10 files. */
export interface SliceDecoder {
  /** @throws Problem unsupported-pixel-data, unsupported-geometry */
  decode(part10: Uint8Array): Promise<DecodedSlice>;
}
