/** sRGB, 0–255 a channel. */
export type ColourRgb = readonly [number, number, number];
