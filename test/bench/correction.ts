import type { Vector3 } from '../../server/src/domain/affine.ts';
import { voxelAt, type Mask } from '../../server/src/domain/mask.ts';
import type { VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { deepestPoint } from '../phantom/deepestPoint.ts';

export interface Correction {
  readonly pointLps: Vector3;
  readonly polarity: 'include' | 'exclude';
}

/** Where a reader would click next: the middle of the thickest error. Undefined when there is none. */
export function correction(truth: Mask, predicted: Mask, geometry: VolumeGeometry): Correction | undefined {
  const missing = deepestPoint(difference(truth, predicted), geometry);
  const surplus = deepestPoint(difference(predicted, truth), geometry);
  if (missing && missing.depthMm >= (surplus?.depthMm ?? 0)) {
    return { pointLps: missing.pointLps, polarity: 'include' };
  }
  return surplus && { pointLps: surplus.pointLps, polarity: 'exclude' };
}

function difference(a: Mask, b: Mask): Mask {
  const voxels = a.voxels.slice();
  const { minIjk, maxIjk } = a.box;
  let n = 0;
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      for (let i = minIjk[0]; i < maxIjk[0]; i++, n++) {
        if (voxels[n] && voxelAt(b, i, j, k)) voxels[n] = 0;
      }
    }
  }
  return { ...a, voxels };
}
