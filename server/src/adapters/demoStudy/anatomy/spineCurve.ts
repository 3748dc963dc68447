import type { Vector3 } from '../../../domain/affine.ts';

/** Centres of the vertebral bodies T6–L5 with their heights: name, z, height (mm). */
export const VERTEBRAE: readonly (readonly [string, number, number])[] = [
  ['T6', 262, 20],
  ['T7', 237, 20],
  ['T8', 211, 21],
  ['T9', 185, 21],
  ['T10', 158, 22],
  ['T11', 131, 23],
  ['T12', 103, 24],
  ['L1', 72, 26],
  ['L2', 38, 27],
  ['L3', 3, 27],
  ['L4', -33, 27],
  ['L5', -68, 26],
];

/** Centre of the vertebral column at a height: kyphosis above, lordosis below (mm). */
export function spineCentre(z: number): Vector3 {
  const lordosis = -13 * Math.exp(-(((z + 35) / 62) ** 2));
  const sacral = z < -60 ? 0.62 * (-60 - z) : 0;
  const kyphosis = z > 60 ? 0.05 * (z - 60) : 0;
  return [2.5 * Math.sin(z / 95), 46 + lordosis + kyphosis + Math.min(46, sacral), z];
}
