import type { Vector3 } from './affine.ts';
import { AXES, extentMmOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import type { IndexBox } from './indexBox.ts';
import type { Region } from './regionOfInterest.ts';
import { sampleRegion, type RegionSamples } from './resample.ts';
import type { Volume } from './volume.ts';

/** A whole volume at the spacing of one level. Regions of the level are cut out of it, number for number. */
export interface ResampledLevel {
  readonly spacingMm: number;
  /** From the low corner of the volume on. */
  readonly samples: RegionSamples;
}

/** Voxels of the level that are read in one go: some 8 ms of a CT. */
const SLAB_VOXELS = 4;

/** Reads a level slab by slab, and gives the caller the turn after each. */
export function* readLevel(
  volume: Pick<Volume, 'geometry' | 'values' | 'rescale'>,
  frame: CanonicalFrame,
  spacingMm: number,
): Generator<undefined, ResampledLevel> {
  const extentMm = extentMmOf(frame);
  const voxels = (axis: Axis): number => Math.ceil(extentMm[axis] / spacingMm);
  const shapeIjk: Vector3 = [voxels(0), voxels(1), voxels(2)];
  const plane = shapeIjk[0] * shapeIjk[1];
  const values = new Float32Array(plane * shapeIjk[2]);
  const maxIjk: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < shapeIjk[2]; k += SLAB_VOXELS) {
    const slices = Math.min(SLAB_VOXELS, shapeIjk[2] - k);
    const slab = { spacingMm, cornerIjk: [0, 0, k], shapeIjk: [shapeIjk[0], shapeIjk[1], slices] } as const;
    const { values: read, insideBox } = sampleRegion(volume, frame, slab);
    values.set(read, k * plane);
    maxIjk[0] = insideBox.maxIjk[0];
    maxIjk[1] = insideBox.maxIjk[1];
    if (insideBox.maxIjk[2] > 0) maxIjk[2] = k + insideBox.maxIjk[2];
    yield;
  }
  return { spacingMm, samples: { shapeIjk, values, insideBox: { minIjk: [0, 0, 0], maxIjk } } };
}

/** The same as reading the region from the volume. @param region of the level's spacing */
export function regionOfLevel({ samples }: ResampledLevel, region: Region): RegionSamples {
  const { shapeIjk, cornerIjk } = region;
  const values = new Float32Array(shapeIjk[0] * shapeIjk[1] * shapeIjk[2]);
  const spans = AXES.map(axis => {
    const low = Math.max(0, -cornerIjk[axis]);
    const high = Math.min(shapeIjk[axis], samples.insideBox.maxIjk[axis] - cornerIjk[axis]);
    return low < high ? { low, high } : { low: 0, high: 0 };
  });
  const bound = (end: 'low' | 'high'): Vector3 => [spans[0]![end], spans[1]![end], spans[2]![end]];
  const insideBox: IndexBox = { minIjk: bound('low'), maxIjk: bound('high') };
  const { minIjk, maxIjk } = insideBox;
  const [columns, rows] = samples.shapeIjk;
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      const from = ((k + cornerIjk[2]) * rows + j + cornerIjk[1]) * columns + cornerIjk[0];
      const row = samples.values.subarray(from + minIjk[0], from + maxIjk[0]);
      values.set(row, (k * shapeIjk[1] + j) * shapeIjk[0] + minIjk[0]);
    }
  }
  return { shapeIjk, values, insideBox };
}

/** How many voxels of the volume a region of the level is read from. */
export function sourceVoxelsOf(frame: CanonicalFrame, { shapeIjk, spacingMm }: Region): number {
  return AXES.reduce<number>((product, axis) => {
    const { length, spacingMm: sourceMm } = frame[axis];
    return product * Math.min(length, (shapeIjk[axis] * spacingMm) / sourceMm);
  }, 1);
}
