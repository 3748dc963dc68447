import type { Vector3 } from './affine.ts';
import { nearestComponent } from './connectedComponents.ts';
import type { IndexBox } from './indexBox.ts';
import type { Mask } from './mask.ts';
import { thresholdLogits, type Logits } from './maskFromLogits.ts';
import { regionIndexOf, type Region } from './regionOfInterest.ts';

/** What the model took a click (mm in the canonical frame) for, as a mask on the logits' own grid. */
export function structureAt(region: Region, logits: Logits, threshold: number, clickMm: Vector3): Mask {
  const clicked = regionIndexOf(region, clickMm);
  const toLogit = (axis: 0 | 1 | 2): number =>
    ((clicked[axis] + 0.5) * logits.shapeIjk[axis]) / region.shapeIjk[axis] - 0.5;
  return nearestComponent(thresholdLogits(logits, threshold), [toLogit(0), toLogit(1), toLogit(2)]);
}

/** The box of such a mask, in voxels of the region. */
export function boxInRegion(region: Region, { box, shapeIjk }: Mask): IndexBox {
  const toRegion = (edge: Vector3): Vector3 => [
    (edge[0] * region.shapeIjk[0]) / shapeIjk[0],
    (edge[1] * region.shapeIjk[1]) / shapeIjk[1],
    (edge[2] * region.shapeIjk[2]) / shapeIjk[2],
  ];
  return { minIjk: toRegion(box.minIjk), maxIjk: toRegion(box.maxIjk) };
}
