import { intersectBoxes } from '../../server/src/domain/indexBox.ts';
import { countVoxels, voxelAt, type Mask } from '../../server/src/domain/mask.ts';

/** Overlap of two masks of one grid: 2 |a ∩ b| / (|a| + |b|); 1 when both are empty. */
export function dice(a: Mask, b: Mask): number {
  const total = countVoxels(a) + countVoxels(b);
  if (total === 0) return 1;
  const { minIjk, maxIjk } = intersectBoxes(a.box, b.box);
  let common = 0;
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      for (let i = minIjk[0]; i < maxIjk[0]; i++) common += voxelAt(a, i, j, k) & voxelAt(b, i, j, k);
    }
  }
  return (2 * common) / total;
}
