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
 * Where measured values lie on both sides of the marker, such as 0 in CT, it is a measured value too: then only what
 * is connected to the edge of the image counts as added.
 */
export function withoutPadding(pixels: StoredPixels, padding: PixelPadding, columns: number): StoredPixels {
  const { lowest, highest } = padding;
  let [floor, ceiling, paddingCount] = [Infinity, -Infinity, 0];
  for (const pixel of pixels) {
    if (pixel >= lowest && pixel <= highest) {
      paddingCount++;
      continue;
    }
    if (pixel < floor) floor = pixel;
    if (pixel > ceiling) ceiling = pixel;
  }
  if (paddingCount === 0 || paddingCount === pixels.length) return pixels;
  const filled = pixels.slice();
  if (floor < lowest && ceiling > highest) return filledFromEdge(filled, padding, floor, columns);
  for (let index = 0; index < filled.length; index++) {
    const pixel = filled[index]!;
    if (pixel >= lowest && pixel <= highest) filled[index] = floor;
  }
  return filled;
}

/** In place. @param floor is no padding, so that what is filled is not met again */
function filledFromEdge(
  pixels: StoredPixels,
  { lowest, highest }: PixelPadding,
  floor: number,
  columns: number,
): StoredPixels {
  const reached: number[] = [];
  const reach = (index: number): void => {
    const pixel = pixels[index];
    if (pixel === undefined || pixel < lowest || pixel > highest) return;
    pixels[index] = floor;
    reached.push(index);
  };
  for (let column = 0; column < columns; column++) {
    reach(column);
    reach(pixels.length - 1 - column);
  }
  for (let first = 0; first < pixels.length; first += columns) {
    reach(first);
    reach(first + columns - 1);
  }
  for (let index = reached.pop(); index !== undefined; index = reached.pop()) {
    reach(index - columns);
    reach(index + columns);
    if (index % columns > 0) reach(index - 1);
    if ((index + 1) % columns > 0) reach(index + 1);
  }
  return pixels;
}
