import { add, extreme, scale, subtract, type Vector3 } from './affine.ts';
import type { ModelManifest } from './modelManifest.ts';
import {
  isWithinRegion,
  regionIndexOf,
  regionShapeIjk,
  snappedRegion,
  type Region,
} from './regionOfInterest.ts';

/**
 * Where to look for the points of a drawing that a region does not show well: regions at its spacing, each about as
 * many of them as it can show, so that what was drawn far from the region is answered, too.
 * @param pointsMm of the drawing, mm in the canonical frame, in the order drawn
 * @param marginVoxels a point nearer to a region's border is not shown well
 */
export function regionsOfRest(
  model: ModelManifest,
  seen: Region,
  pointsMm: readonly Vector3[],
  marginVoxels: number,
): readonly Region[] {
  const isLeftBy = (region: Region, pointMm: Vector3): boolean =>
    !isWithinRegion(region, regionIndexOf(region, pointMm), marginVoxels);
  const regions: Region[] = [];
  let rest = pointsMm.filter(pointMm => isLeftBy(seen, pointMm));
  while (rest.length > 0) {
    const region = snappedRegion(
      model,
      middleOfPart(model, rest, seen.spacingMm, marginVoxels),
      seen.spacingMm,
    );
    regions.push(region);
    rest = rest.slice(1).filter(pointMm => isLeftBy(region, pointMm));
  }
  return regions;
}

/** Of the first point and those of the others which one region shows, wherever its lattice lets it begin. */
function middleOfPart(
  model: ModelManifest,
  [first = [0, 0, 0], ...others]: readonly Vector3[],
  spacingMm: number,
  marginVoxels: number,
): Vector3 {
  const sidesMm = regionShapeIjk(model).map(
    voxels => (voxels - 1 - 2 * marginVoxels - model.region.latticeVoxels) * spacingMm,
  );
  let [low, high] = [first, first];
  for (const point of others) {
    const lower = extreme([low, point], Math.min);
    const upper = extreme([high, point], Math.max);
    if (subtract(upper, lower).some((side, axis) => side > (sidesMm[axis] ?? 0))) continue;
    [low, high] = [lower, upper];
  }
  return scale(add(low, high), 0.5);
}
