import type { Vector3 } from './affine.ts';
import { extentMmOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';

/** An extent that is a multiple of the spacing but for rounding has no voxel more. */
const EXTENT_TOLERANCE_VOXELS = 1e-6;
const LEAST_WEIGHT = 1e-3;
/** Of all channels and the sums of the weights together; 1 GB. What is learned is planned so that it needs no more. */
export const MOST_PROBABILITIES = 2 ** 28;

/** Voxels of a level that covers a whole volume, along the canonical axes; voxel 0 begins at the low edge corner. */
export function levelShapeOf(frame: CanonicalFrame, spacingMm: number): Vector3 {
  const extentMm = extentMmOf(frame);
  const voxels = (axis: Axis): number => Math.ceil(extentMm[axis] / spacingMm - EXTENT_TOLERANCE_VOXELS);
  return [voxels(0), voxels(1), voxels(2)];
}

/** Where windows of `cube` voxels begin that cover `length` voxels; a single one, centred, where that is enough. */
export function windowCorners(length: number, cube: number, overlap: number): readonly number[] {
  if (length <= cube) return [Math.floor((length - cube) / 2)];
  const stride = Math.max(1, Math.floor(cube * (1 - overlap) + 0.5));
  const count = Math.ceil((length - cube) / stride) + 1;
  return Array.from({ length: count }, (_, n) => Math.floor((n * (length - cube)) / (count - 1) + 0.5));
}

/**
 * The low corners (i, j, k) of all windows, i fastest.
 * @param shiftVoxels what they cover beyond the level: behind its end, or below 0 ahead of its beginning
 */
export function windowsOf(
  levelShapeIjk: Vector3,
  cube: number,
  overlap: number,
  shiftVoxels = 0,
): readonly Vector3[] {
  const [alongI, alongJ, alongK] = levelShapeIjk.map(length =>
    windowCorners(length + Math.abs(shiftVoxels), cube, overlap).map(
      corner => corner + Math.min(0, shiftVoxels),
    ),
  );
  return (alongK ?? []).flatMap(k =>
    (alongJ ?? []).flatMap(j => (alongI ?? []).map((i): Vector3 => [i, j, k])),
  );
}

/** How much each voxel of a window counts (K, J, I): a Gaussian about its centre, σ an eighth of its side. */
export function windowWeights(cube: number): Float32Array {
  const along = Array.from({ length: cube }, (_, n) =>
    Math.exp(-0.5 * ((n - (cube - 1) / 2) / (cube / 8)) ** 2),
  );
  const weights = new Float32Array(cube ** 3);
  let at = 0;
  for (const k of along) {
    for (const j of along) {
      for (const i of along) weights[at++] = Math.max(LEAST_WEIGHT, k * j * i);
    }
  }
  return weights;
}
