import { affineFromColumns, type Affine, type Vector3 } from './affine.ts';
import { AXES, voxelsOfMm, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import type { IndexBox } from './indexBox.ts';
import type { ModelManifest } from './modelManifest.ts';

/**
 * A cube of voxels that a model looks at, in the canonical frame of a volume. Voxel n of a level covers
 * [n, n + 1) × `spacingMm` from the low edge corner of the volume; the region begins at voxel `cornerIjk`
 * (i to the left, j to the back, k to the head). It may reach past the volume.
 */
export interface Region {
  readonly spacingMm: number;
  readonly cornerIjk: Vector3;
  readonly shapeIjk: Vector3;
}

export function regionShapeIjk(model: ModelManifest): Vector3 {
  const [k, j, i] = model.region.shapeKji;
  return [i, j, k];
}

/** The region on the lattice whose centre lies nearest to a point (mm in the canonical frame). */
export function snappedRegion(model: ModelManifest, centreMm: Vector3, spacingMm: number): Region {
  const shapeIjk = regionShapeIjk(model);
  const lattice = model.region.latticeVoxels;
  const corner = (axis: Axis): number =>
    Math.floor((centreMm[axis] / spacingMm - shapeIjk[axis] / 2) / lattice + 0.5) * lattice;
  return { spacingMm, cornerIjk: [corner(0), corner(1), corner(2)], shapeIjk };
}

/** mm in the canonical frame → voxel index of the region, centres at integers. */
export function regionIndexOf(region: Region, pointMm: Vector3): Vector3 {
  const index = (axis: Axis): number => pointMm[axis] / region.spacingMm - region.cornerIjk[axis] - 0.5;
  return [index(0), index(1), index(2)];
}

/** Voxel index of the region → mm in the canonical frame. */
export function regionPointMmOf(region: Region, indexIjk: Vector3): Vector3 {
  const mm = (axis: Axis): number => (indexIjk[axis] + 0.5 + region.cornerIjk[axis]) * region.spacingMm;
  return [mm(0), mm(1), mm(2)];
}

/** Whether an index lies in the region and at least `marginVoxels` from the centres of its outermost voxels. */
export function isWithinRegion(region: Region, indexIjk: Vector3, marginVoxels: number): boolean {
  return AXES.every(
    axis => indexIjk[axis] >= marginVoxels && indexIjk[axis] <= region.shapeIjk[axis] - 1 - marginVoxels,
  );
}

/** Whether a point (mm in the canonical frame) lies in one of the region's voxels. */
export function showsPoint(region: Region, pointMm: Vector3): boolean {
  return isWithinRegion(region, regionIndexOf(region, pointMm), -0.5);
}

/** Region voxel index → volume voxel index, where the volume is evenly spaced: a permutation with scale and offset. */
export function regionToVolume(frame: CanonicalFrame, region: Region): Affine {
  const origin: [number, number, number] = [0, 0, 0];
  const columns = AXES.map((axis): Vector3 => {
    const { volumeAxis, flipped, length, spacingMm } = frame[axis];
    const step = region.spacingMm / spacingMm;
    const first = (region.cornerIjk[axis] + 0.5) * step - 0.5;
    origin[volumeAxis] = flipped ? length - 1 - first : first;
    const column: [number, number, number] = [0, 0, 0];
    column[volumeAxis] = flipped ? -step : step;
    return column;
  });
  const zero: Vector3 = [0, 0, 0];
  return affineFromColumns(columns[0] ?? zero, columns[1] ?? zero, columns[2] ?? zero, origin);
}

/** The voxels of the volume whose centres lie in the region. */
export function regionBoxInVolume(frame: CanonicalFrame, region: Region): IndexBox {
  const minIjk: [number, number, number] = [0, 0, 0];
  const maxIjk: [number, number, number] = [0, 0, 0];
  for (const axis of AXES) {
    const { volumeAxis, flipped, length } = frame[axis];
    const edge = (n: number): number =>
      voxelsOfMm(frame[axis], (region.cornerIjk[axis] + n) * region.spacingMm);
    const [lowEdge, highEdge] = [edge(0), edge(region.shapeIjk[axis])];
    const low = Math.min(length, Math.max(0, Math.ceil(lowEdge - 0.5)));
    const high = Math.max(low, Math.min(length, Math.ceil(highEdge - 0.5)));
    minIjk[volumeAxis] = flipped ? length - high : low;
    maxIjk[volumeAxis] = flipped ? length - low : high;
  }
  return { minIjk, maxIjk };
}

/** Equal keys mean equal pixels. */
export function regionKeyOf(volumeKey: string, region: Region): string {
  return `${volumeKey}|${region.spacingMm}mm|${region.cornerIjk.join(',')}|${region.shapeIjk.join('×')}`;
}
