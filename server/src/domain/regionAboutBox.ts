import type { Vector3 } from './affine.ts';
import { canonicalMmOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import type { IndexBox } from './indexBox.ts';
import type { ModelManifest } from './modelManifest.ts';
import { isWithinRegion, regionIndexOf, snappedRegion, type Region } from './regionOfInterest.ts';
import { finestSpacingMm } from './zoom.ts';

/**
 * The finest region that holds a box of voxels of the volume with room around it: about the box where it then shows
 * the click (mm in the canonical frame), else about the click.
 */
export function regionAboutBox(
  model: ModelManifest,
  frame: CanonicalFrame,
  { minIjk, maxIjk }: IndexBox,
  clickMm: Vector3,
): Region {
  const edge = ([i, j, k]: Vector3): Vector3 => canonicalMmOf(frame, [i - 0.5, j - 0.5, k - 0.5]);
  const [one, other] = [edge(minIjk), edge(maxIjk)];
  const side = (axis: Axis): number => Math.abs(one[axis] - other[axis]);
  const middle = (axis: Axis): number => (one[axis] + other[axis]) / 2;
  const { fitFactor, borderVoxels } = model.zoom;
  const spacingMm = finestSpacingMm(model, fitFactor * Math.max(side(0), side(1), side(2)));
  const region = snappedRegion(model, [middle(0), middle(1), middle(2)], spacingMm);
  const showsClick = isWithinRegion(region, regionIndexOf(region, clickMm), borderVoxels);
  return showsClick ? region : snappedRegion(model, clickMm, spacingMm);
}
