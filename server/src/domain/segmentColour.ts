import type { ColourRgb, Segmentation } from './segmentation.ts';

/** Told apart by readers with the common colour deficiencies, and from grey images (after Okabe and Ito). */
const PALETTE: readonly ColourRgb[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [213, 94, 0],
  [204, 121, 167],
  [0, 114, 178],
  [170, 68, 153],
  [136, 204, 238],
  [153, 153, 51],
  [221, 204, 119],
  [204, 102, 119],
];

/** The colour at `index`, counted from 0, round and round. */
export function paletteColour(index: number): ColourRgb {
  return PALETTE[index % PALETTE.length] ?? [255, 255, 255];
}

/** The first colour of the palette that no segment has; round again by number when all are taken. */
export function nextColour(segmentation: Pick<Segmentation, 'segments' | 'lastSegmentNumber'>): ColourRgb {
  const taken = new Set(segmentation.segments.map(segment => segment.colour.join()));
  const free = PALETTE.find(colour => !taken.has(colour.join()));
  return free ?? paletteColour(segmentation.lastSegmentNumber);
}
