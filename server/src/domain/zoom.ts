import type { Vector3 } from './affine.ts';
import { extentMmOf, type CanonicalFrame } from './canonicalFrame.ts';
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

/** The finest level whose cube is at least so wide, else the coarsest. */
export function finestSpacingMm(model: ModelManifest, sideMm: number): number {
  const narrowest = Math.min(...regionShapeIjk(model));
  const fitting = model.region.spacingsMm.filter(spacingMm => spacingMm * narrowest >= sideMm);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...model.region.spacingsMm);
}

/** Where a structure is looked for at first: as much of the volume as one region holds, about the point. */
export function startRegion(model: ModelManifest, frame: CanonicalFrame, pointMm: Vector3): Region {
  return snappedRegion(model, pointMm, finestSpacingMm(model, Math.max(...extentMmOf(frame))));
}

/**
 * Where it is then segmented: the finest region that holds the found structure with room around it, and the
 * click. Small structures come out round blobs when the look is too coarse; zooming out instead fails, since a
 * small first mask never touches the border.
 * @param found box of the structure in voxels of `start`; empty: nothing was found
 */
export function targetRegion(model: ModelManifest, start: Region, found: IndexBox, clickMm: Vector3): Region {
  if (isEmptyBox(found)) return snappedRegion(model, clickMm, Math.min(...model.region.spacingsMm));
  const lowMm = regionPointMmOf(start, edgeOf(found.minIjk));
  const highMm = regionPointMmOf(start, edgeOf(found.maxIjk));
  const sideMm = Math.max(highMm[0] - lowMm[0], highMm[1] - lowMm[1], highMm[2] - lowMm[2]);
  const spacingMm = finestSpacingMm(model, model.zoom.fitFactor * sideMm);
  if (spacingMm >= start.spacingMm) return start;
  const centreMm: Vector3 = [
    (lowMm[0] + highMm[0]) / 2,
    (lowMm[1] + highMm[1]) / 2,
    (lowMm[2] + highMm[2]) / 2,
  ];
  const region = snappedRegion(model, centreMm, spacingMm);
  const holdsClick = isWithinRegion(region, regionIndexOf(region, clickMm), model.zoom.borderVoxels);
  return holdsClick ? region : snappedRegion(model, clickMm, spacingMm);
}

/** Low edge of a voxel, as an index. */
function edgeOf(indexIjk: Vector3): Vector3 {
  return [indexIjk[0] - 0.5, indexIjk[1] - 0.5, indexIjk[2] - 0.5];
}
