import { INPUTS } from './openingFeatures.ts';

export const UNITS = 64;
/** A constant, the inputs, and the units. */
export const EXPANDED = 1 + INPUTS + UNITS;
const SEED = 20;
/** ±; a unit's input varies by about 1. */
const WEIGHT_RANGE = 1.06;
const BIAS_RANGE = 1.5;

interface HiddenLayer {
  /** (INPUTS, UNITS) */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

/** In [0, 1): mulberry32, which is the same in every language. */
function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A layer of fixed random weights (an extreme learning machine's): what stands behind it is learned by least squares,
 * and is no straight line in the inputs all the same. The training code makes the same numbers.
 */
export const HIDDEN_LAYER: HiddenLayer = (() => {
  const next = uniformNumbers(SEED);
  const weights = Float64Array.from({ length: INPUTS * UNITS }, () => (2 * next() - 1) * WEIGHT_RANGE);
  const biases = Float64Array.from({ length: UNITS }, () => (2 * next() - 1) * BIAS_RANGE);
  return { weights, biases };
})();

/**
 * Writes a voxel's expanded features.
 * @param inputs (voxels, INPUTS)
 * @param row (EXPANDED)
 */
export function expandInto(row: Float64Array, inputs: Float64Array, voxel: number): void {
  const { weights, biases } = HIDDEN_LAYER;
  row[0] = 1;
  row.set(biases, 1 + INPUTS);
  for (let input = 0; input < INPUTS; input++) {
    const value = inputs[voxel * INPUTS + input]!;
    row[1 + input] = value;
    for (let unit = 0; unit < UNITS; unit++)
      row[1 + INPUTS + unit]! += value * weights[input * UNITS + unit]!;
  }
  for (let at = 1 + INPUTS; at < EXPANDED; at++) if (row[at]! < 0) row[at] = 0;
}
