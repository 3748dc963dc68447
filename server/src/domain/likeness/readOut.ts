import type { Features } from './describedCells.ts';

/** A feature that varies less is none. */
const FLATTEST = 1e-3;

/** What of the features matters for a structure: a linear map onto targets, each in units of its error. */
export interface ReadOut {
  readonly targets: number;
  /** (channels): what is subtracted from a feature. */
  readonly mean: Float64Array;
  /** (channels, targets) */
  readonly weights: Float64Array;
  /** (targets) */
  readonly offset: Float64Array;
}

/** Rows after which others get a turn. */
const ROWS_A_TURN = 256;

/**
 * Ridge regression, in closed form; it yields now and then. The method's Python does the same.
 * @param targets (rows, targets) @param ridge share of the features' variance
 */
export function* fittedReadOut(
  { channels, rows }: Features,
  targets: Float32Array,
  targetCount: number,
  ridge: number,
): Generator<undefined, ReadOut> {
  const count = rows.length / channels;
  const { mean, deviation } = momentsOf(rows, channels, FLATTEST);
  const targetMean = momentsOf(targets, targetCount, 0).mean;
  const gram = new Float64Array(channels * channels);
  const sides = new Float64Array(channels * targetCount);
  const row = new Float64Array(channels);
  for (let n = 0; n < count; n++) {
    if (n % ROWS_A_TURN === 0) yield;
    for (let c = 0; c < channels; c++) row[c] = (rows[n * channels + c]! - mean[c]!) / deviation[c]!;
    for (let c = 0; c < channels; c++) {
      const value = row[c]!;
      for (let d = 0; d <= c; d++) gram[c * channels + d] = gram[c * channels + d]! + value * row[d]!;
      for (let t = 0; t < targetCount; t++) {
        const target = targets[n * targetCount + t]! - targetMean[t]!;
        sides[c * targetCount + t] = sides[c * targetCount + t]! + value * target;
      }
    }
  }
  for (let c = 0; c < channels; c++) gram[c * (channels + 1)] = gram[c * (channels + 1)]! + count * ridge;
  solveCholesky(gram, channels, sides, targetCount);
  const weights = sides.map((weight, at) => weight / deviation[Math.floor(at / targetCount)]!);
  const plain: ReadOut = { targets: targetCount, mean, weights, offset: targetMean };
  const read = readFeatures(plain, { channels, rows });
  const error = new Float64Array(targetCount);
  read.forEach((value, at) => {
    const t = at % targetCount;
    error[t] = error[t]! + (targets[at]! - value) ** 2 / count;
  });
  const scale = error.map(square => 1 / (Math.sqrt(square) + FLATTEST));
  return {
    ...plain,
    weights: weights.map((weight, at) => weight * scale[at % targetCount]!),
    offset: targetMean.map((value, t) => value * scale[t]!),
  };
}

/** (rows, targets), in units of the error */
export function readFeatures(readOut: ReadOut, { channels, rows }: Features): Float32Array {
  const { targets, mean, weights, offset } = readOut;
  const read = new Float32Array((rows.length / channels) * targets);
  const sums = new Float64Array(targets);
  for (let n = 0; n * channels < rows.length; n++) {
    sums.set(offset);
    for (let c = 0; c < channels; c++) {
      const value = rows[n * channels + c]! - mean[c]!;
      for (let t = 0; t < targets; t++) sums[t] = sums[t]! + value * weights[c * targets + t]!;
    }
    read.set(sums, n * targets);
  }
  return read;
}

function momentsOf(
  rows: Float32Array,
  width: number,
  floor: number,
): { mean: Float64Array; deviation: Float64Array } {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  rows.forEach((value, at) => (mean[at % width] = mean[at % width]! + value / count));
  const square = new Float64Array(width);
  rows.forEach((value, at) => {
    const c = at % width;
    square[c] = square[c]! + (value - mean[c]!) ** 2 / count;
  });
  return { mean, deviation: square.map(one => Math.sqrt(one) + floor) };
}

/** Solves A x = b in place of b. @param a (size, size), symmetric and positive; its lower triangle is read and used up */
function solveCholesky(a: Float64Array, size: number, b: Float64Array, width: number): void {
  for (let c = 0; c < size; c++) {
    for (let d = 0; d <= c; d++) {
      let sum = a[c * size + d]!;
      for (let e = 0; e < d; e++) sum -= a[c * size + e]! * a[d * size + e]!;
      a[c * size + d] = c === d ? Math.sqrt(sum) : sum / a[d * size + d]!;
    }
  }
  for (let t = 0; t < width; t++) {
    for (let c = 0; c < size; c++) {
      let sum = b[c * width + t]!;
      for (let d = 0; d < c; d++) sum -= a[c * size + d]! * b[d * width + t]!;
      b[c * width + t] = sum / a[c * size + c]!;
    }
    for (let c = size - 1; c >= 0; c--) {
      let sum = b[c * width + t]!;
      for (let d = c + 1; d < size; d++) sum -= a[d * size + c]! * b[d * width + t]!;
      b[c * width + t] = sum / a[c * size + c]!;
    }
  }
}
