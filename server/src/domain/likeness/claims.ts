import { AXES, mmOfVoxels, type CanonicalFrame } from '../canonicalFrame.ts';
import type { Vector3 } from '../affine.ts';
import { boxSize, intersectBoxes } from '../indexBox.ts';
import { cropMask, voxelAt, type Mask } from '../mask.ts';
import type { Logits } from '../maskFromLogits.ts';
import type { Region } from '../regionOfInterest.ts';

/** What a class claims, by probabilities (K', J', I') over a region. */
export interface Claim {
  readonly mask: Mask;
  readonly region: Region;
  readonly probabilities: Logits;
}

/** Classes compete voxel by voxel: the more probable one has it, of equals the first. */
export function settledClaims(claims: readonly Claim[], frame: CanonicalFrame): readonly Mask[] {
  const settled = claims.map(({ mask }) => ({ ...mask, voxels: mask.voxels.slice() }));
  for (const [later, claim] of claims.entries()) {
    for (let earlier = 0; earlier < later; earlier++) {
      settlePair(settled[earlier]!, settled[later]!, claims[earlier]!, claim, frame);
    }
  }
  return settled.map(cropMask);
}

function settlePair(first: Mask, second: Mask, a: Claim, b: Claim, frame: CanonicalFrame): void {
  const { minIjk, maxIjk } = intersectBoxes(first.box, second.box);
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      for (let i = minIjk[0]; i < maxIjk[0]; i++) {
        if (voxelAt(first, i, j, k) === 0 || voxelAt(second, i, j, k) === 0) continue;
        const isOfFirst = probabilityAt(a, [i, j, k], frame) >= probabilityAt(b, [i, j, k], frame);
        clear(isOfFirst ? second : first, i, j, k);
      }
    }
  }
}

function clear({ box, voxels }: Mask, i: number, j: number, k: number): void {
  const [columns, rows] = boxSize(box);
  const [i0, j0, k0] = box.minIjk;
  voxels[((k - k0) * rows + (j - j0)) * columns + (i - i0)] = 0;
}

/** Linear between the centres of the region's samples, as masks are made of them. */
function probabilityAt({ region, probabilities }: Claim, indexIjk: Vector3, frame: CanonicalFrame): number {
  const { shapeIjk, values } = probabilities;
  const [x, y, z] = AXES.map(axis => {
    const { volumeAxis, flipped, length } = frame[axis];
    const index = indexIjk[volumeAxis];
    const mm = mmOfVoxels(frame[axis], flipped ? length - 0.5 - index : index + 0.5);
    const samples =
      ((mm / region.spacingMm - region.cornerIjk[axis]) * shapeIjk[axis]) / region.shapeIjk[axis];
    const position = Math.min(shapeIjk[axis] - 1, Math.max(0, samples - 0.5));
    const low = Math.min(Math.floor(position), Math.max(0, shapeIjk[axis] - 2));
    return { low, fraction: position - low };
  });
  if (!x || !y || !z) return 0;
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [i, j, k] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight =
      (i ? x.fraction : 1 - x.fraction) *
      (j ? y.fraction : 1 - y.fraction) *
      (k ? z.fraction : 1 - z.fraction);
    if (weight === 0) continue;
    sum += weight * values[((z.low + k) * shapeIjk[1] + y.low + j) * shapeIjk[0] + x.low + i]!;
  }
  return sum;
}
