import { boxSize, intersectBoxes, type IndexBox } from './indexBox.ts';
import { countVoxels, type Mask } from './mask.ts';
import { rowOf } from './masksOverlap.ts';

/** Overlap of two masks of one grid: 2 |a ∩ b| / (|a| + |b|), from 0 to 1; undefined when both are empty. */
export function diceOfMasks(one: Mask, other: Mask): number | undefined {
  const total = countVoxels(one) + countVoxels(other);
  if (total === 0) return undefined;
  return (2 * sharedVoxels(one, other, intersectBoxes(one.box, other.box))) / total;
}

function sharedVoxels(one: Mask, other: Mask, common: IndexBox): number {
  const [columns] = boxSize(common);
  let shared = 0;
  for (let k = common.minIjk[2]; k < common.maxIjk[2]; k++) {
    for (let j = common.minIjk[1]; j < common.maxIjk[1]; j++) {
      const [a, b] = [rowOf(one, common, j, k), rowOf(other, common, j, k)];
      for (let i = 0; i < columns; i++) shared += a[i]! & b[i]!;
    }
  }
  return shared;
}
