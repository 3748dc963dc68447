/** Cells or tokens as they are compared: (count, width), their places first, then what their features say. */
export interface Compared {
  readonly width: number;
  readonly rows: Float32Array;
}

export interface AttentionSettings {
  /** Of the structure's side: how far a token is asked. */
  readonly placeSigma: number;
  /** Weight of what the features say against the place. */
  readonly likeness: number;
}

/** @param places (count, 3) in units of the structure's side @param read (count, targets) in units of its error */
export function comparedOf(
  places: Float32Array,
  read: Float32Array,
  { placeSigma, likeness }: AttentionSettings,
): Compared {
  const count = places.length / 3;
  const targets = count === 0 ? 0 : read.length / count;
  const width = 3 + targets;
  const rows = new Float32Array(count * width);
  const scale = Math.sqrt(likeness);
  for (let n = 0; n < count; n++) {
    for (let axis = 0; axis < 3; axis++) rows[n * width + axis] = places[n * 3 + axis]! / placeSigma;
    for (let t = 0; t < targets; t++) rows[n * width + 3 + t] = read[n * targets + t]! * scale;
  }
  return { width, rows };
}

/**
 * How much of each cell the structure fills, by kernel regression over the tokens of the exemplars: those count that
 * look like the cell and lie at a similar place. The method's Python does the same.
 * @param shares (tokens), of the structure in each
 * @returns of the cells from ≤ n < to
 */
export function attend(
  cells: Compared,
  tokens: Compared,
  shares: Float32Array,
  from: number,
  to: number,
): Float32Array {
  const { width } = tokens;
  const found = new Float32Array(to - from);
  const logits = new Float64Array(shares.length);
  for (let n = from; n < to; n++) {
    const cell = cells.rows.subarray(n * width, (n + 1) * width);
    let highest = -Infinity;
    for (let m = 0; m < shares.length; m++) {
      let distance = 0;
      for (let c = 0; c < width; c++) distance += (cell[c]! - tokens.rows[m * width + c]!) ** 2;
      logits[m] = -distance / 2;
      if (logits[m]! > highest) highest = logits[m]!;
    }
    let total = 0;
    let filled = 0;
    for (let m = 0; m < shares.length; m++) {
      const behind = logits[m]! - highest;
      if (behind < FARTHEST_LOGIT) continue;
      const weight = Math.exp(behind);
      total += weight;
      filled += weight * shares[m]!;
    }
    found[n - from] = filled / total;
  }
  return found;
}

/** Less than a millionth of the likest token's weight. */
const FARTHEST_LOGIT = -14;
