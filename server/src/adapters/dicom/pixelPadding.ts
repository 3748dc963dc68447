import type { StoredPixels } from '../../domain/decodedSlice.ts';
import type { Part10 } from './part10.ts';

/** Stored values, both included, of pixels that were added to fill a rectangle (PS3.3 C.7.5.1.1.2). */
export interface PixelPadding {
  readonly lowest: number;
  readonly highest: number;
}

export function readPixelPadding(part10: Part10, isSigned: boolean): PixelPadding | undefined {
  const read = (tag: string): number | undefined => (isSigned ? part10.int16(tag) : part10.uint16(tag));
  const value = read('x00280120');
  if (value === undefined) return undefined;
  const limit = read('x00280121') ?? value;
  return { lowest: Math.min(value, limit), highest: Math.max(value, limit) };
}

/**
 * Pixels with the lowest real value in place of padding, which was never measured: a marker far below air, or
 * above bone, would bend every window and every resampled border. As they are where all or none are padding.
 */
export function withoutPadding(pixels: StoredPixels, { lowest, highest }: PixelPadding): StoredPixels {
  let floor = Infinity;
  let paddingCount = 0;
  for (const pixel of pixels) {
    if (pixel >= lowest && pixel <= highest) paddingCount++;
    else if (pixel < floor) floor = pixel;
  }
  if (paddingCount === 0 || paddingCount === pixels.length) return pixels;
  const filled = pixels.slice();
  for (let index = 0; index < filled.length; index++) {
    const pixel = filled[index]!;
    if (pixel >= lowest && pixel <= highest) filled[index] = floor;
  }
  return filled;
}
