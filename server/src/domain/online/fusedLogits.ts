import { EXPANDED, expandInto } from './hiddenLayer.ts';
import { LATTICE_STEP, offLattice } from './lattice.ts';
import { INPUTS, openingFeatures, type Opening } from './openingFeatures.ts';

/** The slope of the logit at one half. */
const LOGIT_PER_PROBABILITY = 4;
/** Of a logit: what the frozen model is surer of stays. */
export const LARGEST_CORRECTION = 4;

/**
 * What is added to the probability at one voxel of the lattice.
 * @param row room for its expanded features (EXPANDED)
 * @param inputs (voxels, INPUTS)
 * @param weights (EXPANDED)
 */
export function addedProbability(
  row: Float64Array,
  inputs: Float64Array,
  voxel: number,
  weights: Float64Array,
): number {
  expandInto(row, inputs, voxel);
  let sum = 0;
  for (let at = 0; at < EXPANDED; at++) sum += row[at]! * weights[at]!;
  return sum;
}

/** Of a logit. @param gain how much the auxiliary model may say */
export function correctionOf(added: number, gain: number): number {
  const wanted = gain * LOGIT_PER_PROBABILITY * added;
  return Math.min(LARGEST_CORRECTION, Math.max(-LARGEST_CORRECTION, wanted));
}

/** The frozen model's logits, corrected. @returns in the opening's cube */
export function fusedLogits(opening: Opening, weights: Float64Array, gain: number): Float32Array {
  const inputs = openingFeatures(opening);
  const row = new Float64Array(EXPANDED);
  const correction = Float64Array.from({ length: inputs.length / INPUTS }, (_, voxel) =>
    correctionOf(addedProbability(row, inputs, voxel, weights), gain),
  );
  const everywhere = offLattice(correction, opening.edge / LATTICE_STEP);
  return opening.logits.map((logit, voxel) => logit + everywhere[voxel]!);
}
