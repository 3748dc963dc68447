import { EXPANDED, expandInto } from './hiddenLayer.ts';
import { LATTICE_STEP, onLattice } from './lattice.ts';
import type { Opening } from './openingFeatures.ts';

/** What one accepted case teaches: the normal equations of least squares, sums that say nothing of single voxels. */
export interface CaseEvidence {
  /** Upper triangle, row by row. */
  readonly gram: Float64Array;
  /** (EXPANDED) */
  readonly moment: Float64Array;
}

export const GRAM_LENGTH = (EXPANDED * (EXPANDED + 1)) / 2;
/** Steps of the lattice about what is or was taken for the structure. */
const NEAR_STEPS = 4;
/** Of the lattice's voxels, along each axis. */
const FAR_EVERY = 2;
/** Of such a voxel, against one nearby. */
const FAR_WEIGHT = 0.16;

/**
 * @param inputs the opening's features
 * @param accepted the mask that the reader was content with, a byte a voxel of the opening's cube. The training code
 *   computes the same.
 */
export function caseEvidence(
  { edge, logits: everywhere }: Opening,
  inputs: Float64Array,
  accepted: Uint8Array,
): CaseEvidence {
  const logits = onLattice(everywhere, edge);
  const wanted = onLattice(accepted, edge);
  const weights = voxelWeights(logits, wanted, edge / LATTICE_STEP);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const gram = new Float64Array(GRAM_LENGTH);
  const moment = new Float64Array(EXPANDED);
  const row = new Float64Array(EXPANDED);
  for (let voxel = 0; voxel < weights.length; voxel++) {
    if (weights[voxel] === 0) continue;
    expandInto(row, inputs, voxel);
    const share = weights[voxel]! / total;
    const missing = share * (wanted[voxel]! - 1 / (1 + Math.exp(-logits[voxel]!)));
    for (let a = 0, at = 0; a < EXPANDED; a++) {
      const value = row[a]!;
      moment[a]! += value * missing;
      // Units are off at many voxels.
      if (value === 0) at += EXPANDED - a;
      else for (let b = a, scaled = value * share; b < EXPANDED; b++) gram[at++]! += scaled * row[b]!;
    }
  }
  return { gram, moment };
}

/** 0 where a voxel does not count. */
function voxelWeights(logits: Float64Array, wanted: Float64Array, size: number): Float64Array {
  let near = Uint8Array.from(logits, (logit, voxel) => (logit > 0 || wanted[voxel] === 1 ? 1 : 0));
  for (let step = 0; step < NEAR_STEPS; step++) near = dilated(near, size);
  return Float64Array.from(near, (isNear, voxel) => {
    if (isNear === 1) return 1;
    const places = [voxel % size, Math.floor(voxel / size) % size, Math.floor(voxel / size ** 2)];
    return places.every(place => place % FAR_EVERY === 0) ? FAR_WEIGHT : 0;
  });
}

/** By a step to each of the six sides. */
function dilated(mask: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const grown = Uint8Array.from(mask);
  for (let voxel = 0; voxel < mask.length; voxel++) {
    if (mask[voxel] === 0) continue;
    for (let stride = 1; stride < mask.length; stride *= size) {
      const place = Math.floor(voxel / stride) % size;
      if (place > 0) grown[voxel - stride] = 1;
      if (place < size - 1) grown[voxel + stride] = 1;
    }
  }
  return grown;
}
