import { add, scale } from './affine.ts';
import type { BoxFaces } from './boxProbes.ts';
import { AXES } from './canonicalFrame.ts';
import type { ModelManifest } from './modelManifest.ts';
import { snappedRegion, type Region } from './regionOfInterest.ts';
import { finestSpacingMm } from './zoom.ts';

/** Where a drawn box is looked at: it says how large its structure is. @param faces mm in the canonical frame */
export function regionOfDrawnBox(model: ModelManifest, { low, high, sliceAxis }: BoxFaces): Region {
  const sides = AXES.filter(axis => axis !== sliceAxis).map(axis => high[axis] - low[axis]);
  const spacingMm = finestSpacingMm(model, model.zoom.fitFactor * Math.max(...sides));
  return snappedRegion(model, scale(add(low, high), 0.5), spacingMm);
}
