import type { Vector3 } from './affine.ts';
import { AXES, extentMmOf, type CanonicalFrame } from './canonicalFrame.ts';
import { isEmptyBox, type IndexBox } from './indexBox.ts';
import type { ModelManifest } from './modelManifest.ts';
import {
  isWithinRegion,
  regionIndexOf,
  regionPointMmOf,
  regionShapeIjk,
  snappedRegion,
  type Region,
} from './regionOfInterest.ts';

/** Along the middle one of the three sides of the volume's voxels: a closer look shows nothing further. */
const FINEST_LOOK_CELLS = 3;

/** The finest level whose cube is at least so wide, else the coarsest. */
export function finestSpacingMm(model: ModelManifest, sideMm: number): number {
  const narrowest = Math.min(...regionShapeIjk(model));
  const fitting = model.region.spacingsMm.filter(spacingMm => spacingMm * narrowest >= sideMm);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...model.region.spacingsMm);
}

/**
 * Where a first click is looked at: about the point, in cubes of several sizes, the first as large as the volume
 * (or the largest there is). What was clicked on may be a nodule or the whole organ: which cube shows it best,
 * the model tells by the IoU that it expects in each. No look after the first is much closer than the voxels.
 */
export function lookRegions(model: ModelManifest, frame: CanonicalFrame, pointMm: Vector3): Region[] {
  const { spacingsMm } = model.region;
  const { looks, levelsBetweenLooks } = model.zoom;
  const widest = spacingsMm.indexOf(finestSpacingMm(model, Math.max(...extentMmOf(frame))));
  const voxelMm = AXES.map(axis => frame[axis].spacingMm).toSorted((one, other) => one - other)[1]!;
  return spacingsMm
    .filter((_, level) => level >= widest && (level - widest) % levelsBetweenLooks === 0)
    .slice(0, looks)
    .filter((spacingMm, place) => place === 0 || spacingMm * FINEST_LOOK_CELLS >= voxelMm)
    .map(spacingMm => snappedRegion(model, pointMm, spacingMm));
}

/** Of the regions of a first click, coarse to fine, the one that is asked first. */
export function placeOfMedium(looks: readonly Region[]): number {
  return Math.min(1, looks.length - 1);
}

/**
 * Where a structure is then segmented: the finest region that holds it with room around it, and the click.
 * @param found box of the structure in voxels of `look`; empty: nothing was found
 */
export function fittedRegion(model: ModelManifest, look: Region, found: IndexBox, clickMm: Vector3): Region {
  if (isEmptyBox(found)) return snappedRegion(model, clickMm, Math.min(...model.region.spacingsMm));
  const { fitFactor, borderVoxels } = model.zoom;
  const { minIjk, maxIjk } = found;
  const lowMm = regionPointMmOf(look, shifted(minIjk, -0.5));
  const highMm = regionPointMmOf(look, shifted(maxIjk, -0.5));
  const sideMm = Math.max(highMm[0] - lowMm[0], highMm[1] - lowMm[1], highMm[2] - lowMm[2]);
  const spacingMm = finestSpacingMm(model, fitFactor * sideMm);
  const holdsFound =
    isWithinRegion(look, minIjk, borderVoxels) && isWithinRegion(look, shifted(maxIjk, -1), borderVoxels);
  if (spacingMm === look.spacingMm && holdsFound) return look;
  const centreMm: Vector3 = [
    (lowMm[0] + highMm[0]) / 2,
    (lowMm[1] + highMm[1]) / 2,
    (lowMm[2] + highMm[2]) / 2,
  ];
  const region = snappedRegion(model, centreMm, spacingMm);
  const holdsClick = isWithinRegion(region, regionIndexOf(region, clickMm), borderVoxels);
  return holdsClick ? region : snappedRegion(model, clickMm, spacingMm);
}

function shifted(indexIjk: Vector3, by: number): Vector3 {
  return [indexIjk[0] + by, indexIjk[1] + by, indexIjk[2] + by];
}
