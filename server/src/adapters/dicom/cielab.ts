import type { ColourRgb } from '../../domain/segmentation.ts';

/** D65, as OHIF (dcmjs) and highdicom assume it when they read the colour back. */
const WHITE_XYZ = [0.95047, 1, 1.08883] as const;

/** sRGB to CIELab in the encoding of PS3.3 C.10.7.1.1: L* 0…100, a* and b* −128…127, each over 16 bits. */
export function dicomLabOf([red, green, blue]: ColourRgb): readonly [number, number, number] {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const fx = labCurve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_XYZ[0]);
  const fy = labCurve((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / WHITE_XYZ[1]);
  const fz = labCurve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_XYZ[2]);
  return [
    encode((116 * fy - 16) / 100),
    encode((500 * (fx - fy) + 128) / 255),
    encode((200 * (fy - fz) + 128) / 255),
  ];
}

/** IEC 61966-2-1, 0…255 to 0…1. */
function linear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function labCurve(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
}

function encode(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 0xffff);
}
