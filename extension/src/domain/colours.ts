/** sRGB, 0–255 a channel. */
export type ColourRgb = readonly [number, number, number];

/** Apart from each other and from grey on a dark screen, also for the common forms of colour blindness. */
const PALETTE: readonly ColourRgb[] = [
  [86, 180, 233],
  [240, 228, 66],
  [204, 121, 167],
  [0, 200, 150],
  [230, 130, 30],
  [150, 130, 255],
  [160, 220, 90],
  [255, 120, 120],
];

/** The first colour of the palette that is not in use; after that they repeat. */
export function nextColour(used: readonly ColourRgb[]): ColourRgb {
  const free = PALETTE.find(colour => !used.some(other => isSameColour(other, colour)));
  return free ?? PALETTE[used.length % PALETTE.length]!;
}

export function isSameColour(one: ColourRgb, other: ColourRgb): boolean {
  return one.every((value, channel) => value === other[channel]);
}

export function colourToHex(colour: ColourRgb): string {
  return `#${colour.map(channel => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** @param hex `#rrggbb` as colour inputs give it */
export function colourFromHex(hex: string): ColourRgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
