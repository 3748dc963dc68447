import type { Vector3 } from '../affine.ts';
import { AXES, canonicalFrameOf, mmOfVoxels, type Axis, type CanonicalFrame } from '../canonicalFrame.ts';
import { boxSize } from '../indexBox.ts';
import { cropMask, type Mask } from '../mask.ts';
import type { Region } from '../regionOfInterest.ts';
import { sampleRegion } from '../resample.ts';
import type { VolumeGeometry } from '../volumeGeometry.ts';
import { cellShapeOf, pooledCells } from './cells.ts';

/** The box around a structure, mm in the canonical frame of its volume. */
export interface Bounds {
  readonly centreMm: Vector3;
  readonly sideMm: number;
}

/** @param mask not empty */
export function boundsOf(mask: Mask, frame: CanonicalFrame): Bounds {
  const { minIjk, maxIjk } = cropMask(mask).box;
  const edges = AXES.map(axis => {
    const { volumeAxis, flipped, length } = frame[axis];
    const [low, high] = [minIjk[volumeAxis], maxIjk[volumeAxis]];
    const along = (voxels: number): number => mmOfVoxels(frame[axis], voxels);
    return flipped ? [along(length - high), along(length - low)] : [along(low), along(high)];
  });
  const middle = (axis: Axis): number => (edges[axis]![0]! + edges[axis]![1]!) / 2;
  return {
    centreMm: [middle(0), middle(1), middle(2)],
    sideMm: Math.max(...edges.map(([low = 0, high = 0]) => high - low)),
  };
}

/** How much of each cell of a region a mask fills. */
export function maskShares(mask: Mask, geometry: VolumeGeometry, region: Region): Float32Array {
  const frame = canonicalFrameOf(geometry);
  const volume = { geometry, values: wholeVoxels(mask), rescale: { slope: 1, intercept: 0 } };
  return pooledCells(sampleRegion(volume, frame, region).values, region, cellShapeOf(region));
}

/** 0 or 1 for every voxel of the volume. */
function wholeVoxels({ shapeIjk, box, voxels }: Mask): Uint16Array {
  const [columns, rows, slices] = shapeIjk;
  const whole = new Uint16Array(columns * rows * slices);
  const [width, height, depth] = boxSize(box);
  const [i, j, k] = box.minIjk;
  for (let n = 0; n < height * depth; n++) {
    const place = ((k + Math.floor(n / height)) * rows + j + (n % height)) * columns + i;
    whole.set(voxels.subarray(n * width, (n + 1) * width), place);
  }
  return whole;
}
