import type { Vector3 } from './affine.ts';
import type { RefinementSettings } from './modelManifest.ts';

/** What the model is as sure of stays as it is. */
const SURE_LOGIT = 4;
const LEAST_PASSAGE = 1e-3;
/** Of a squared step of intensity, in an image in [−1, 1]. */
const USUAL_FLOOR = 1e-4;
/** Certainty beyond it says nothing more. */
const PROBABILITY_LIMIT = 1e-3;
const NEIGHBOURS = 6;
/** Of the region's voxels. A model that is unsure of more has no border to move. */
const LARGEST_BAND = 1 / 8;

/** What a region shows and what the model says of it; arrays in k-j-i order. */
export interface AnsweredRegion {
  /** (K, J, I) */
  readonly logits: Float32Array;
  /** (C, K, J, I), normalised. */
  readonly image: Float32Array;
  readonly shapeKji: Vector3;
  /** In voxel index of the region. */
  readonly points: readonly { readonly indexIjk: Vector3; readonly include: boolean }[];
}

/**
 * Moves a mask's border onto the image's edges: a random walker with the model's probability as prior (Grady 2005),
 * by Jacobi's method, where the model is unsure. Clicked voxels come out as the reader wants them. The evaluation
 * code does the same.
 * @returns logits (K, J, I)
 */
export function refinedLogits(region: AnsweredRegion, settings: RefinementSettings): Float32Array {
  const { image, shapeKji, points } = region;
  const logits = asClicked(region.logits, points, shapeKji);
  const band = unsureVoxels(logits);
  if (band.length > LARGEST_BAND * logits.length) return logits;
  const probability = new Float32Array(logits.length);
  for (let n = 0; n < logits.length; n++) if (logits[n]! > 0) probability[n] = 1;
  for (const n of band) probability[n] = 1 / (1 + Math.exp(-logits[n]!));
  const walk = walkOf(band, neighboursOf(band, shapeKji), image, logits.length, probability, settings);
  const next = new Float32Array(band.length);
  for (let step = 0; step < settings.steps; step++) relax(walk, probability, next);
  for (const n of band) {
    const certain = Math.min(1 - PROBABILITY_LIMIT, Math.max(PROBABILITY_LIMIT, probability[n]!));
    logits[n] = Math.log(certain / (1 - certain));
  }
  return logits;
}

/** Logits (K, J, I) whose clicked voxels are as the reader wants them. */
export function asClicked(
  logits: Float32Array,
  points: AnsweredRegion['points'],
  shapeKji: Vector3,
): Float32Array {
  const wanted = logits.slice();
  for (const { indexIjk, include } of points) {
    wanted[nearestVoxelOf(indexIjk, shapeKji)] = include ? SURE_LOGIT : -SURE_LOGIT;
  }
  return wanted;
}

/** Flat index of the voxel at a point; points beyond the region count for the nearest voxel. */
export function nearestVoxelOf([i, j, k]: Vector3, [slices, rows, columns]: Vector3): number {
  const within = (index: number, length: number): number =>
    Math.min(length - 1, Math.max(0, Math.round(index)));
  return (within(k, slices) * rows + within(j, rows)) * columns + within(i, columns);
}

function unsureVoxels(logits: Float32Array): Int32Array {
  const found = new Int32Array(logits.length);
  let count = 0;
  for (let n = 0; n < logits.length; n++) if (Math.abs(logits[n]!) < SURE_LOGIT) found[count++] = n;
  return found.slice(0, count);
}

/** Six flat indices a voxel of the band; the voxel itself where the region ends. */
function neighboursOf(band: Int32Array, [slices, rows, columns]: Vector3): Int32Array {
  const neighbours = new Int32Array(NEIGHBOURS * band.length);
  const plane = rows * columns;
  for (let b = 0, at = 0; b < band.length; b++) {
    const n = band[b]!;
    const [i, j, k] = [n % columns, Math.floor(n / columns) % rows, Math.floor(n / plane)];
    neighbours[at++] = k > 0 ? n - plane : n;
    neighbours[at++] = k < slices - 1 ? n + plane : n;
    neighbours[at++] = j > 0 ? n - columns : n;
    neighbours[at++] = j < rows - 1 ? n + columns : n;
    neighbours[at++] = i > 0 ? n - 1 : n;
    neighbours[at++] = i < columns - 1 ? n + 1 : n;
  }
  return neighbours;
}

/** A voxel of the band becomes its part of the prior, and of its neighbours' probabilities by their shares. */
interface Walk {
  readonly band: Int32Array;
  readonly neighbours: Int32Array;
  /** Six a voxel. */
  readonly shares: Float32Array;
  readonly prior: Float32Array;
}

function walkOf(
  band: Int32Array,
  neighbours: Int32Array,
  image: Float32Array,
  voxels: number,
  probability: Float32Array,
  { priorWeight, contrast }: RefinementSettings,
): Walk {
  const shares = new Float32Array(neighbours.length);
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < image.length; channel += voxels) {
    for (let b = 0, at = 0; b < band.length; b++) {
      const own = image[channel + band[b]!]!;
      for (const end = at + NEIGHBOURS; at < end; at++) {
        const step = image[channel + neighbours[at]!]! - own;
        shares[at] = shares[at]! + step * step;
      }
    }
  }
  for (let b = 0, at = 0; b < band.length; b++) {
    for (const end = at + NEIGHBOURS; at < end; at++) {
      if (neighbours[at] === band[b]) continue;
      sum += shares[at]!;
      count++;
    }
  }
  const scale = -contrast / (sum / Math.max(1, count) + USUAL_FLOOR);
  const prior = new Float32Array(band.length);
  for (let b = 0; b < band.length; b++) {
    const [first, end] = [b * NEIGHBOURS, (b + 1) * NEIGHBOURS];
    let total = priorWeight;
    for (let at = first; at < end; at++) {
      const isEdge = neighbours[at] === band[b];
      shares[at] = isEdge ? 0 : Math.exp(scale * shares[at]!) + LEAST_PASSAGE;
      total += shares[at]!;
    }
    for (let at = first; at < end; at++) shares[at] = shares[at]! / total;
    prior[b] = (priorWeight * probability[band[b]!]!) / total;
  }
  return { band, neighbours, shares, prior };
}

/** One step; `next` has room for the band. */
function relax(
  { band, neighbours, shares, prior }: Walk,
  probability: Float32Array,
  next: Float32Array,
): void {
  for (let b = 0, at = 0; b < band.length; b++, at += NEIGHBOURS) {
    next[b] =
      prior[b]! +
      shares[at]! * probability[neighbours[at]!]! +
      shares[at + 1]! * probability[neighbours[at + 1]!]! +
      shares[at + 2]! * probability[neighbours[at + 2]!]! +
      shares[at + 3]! * probability[neighbours[at + 3]!]! +
      shares[at + 4]! * probability[neighbours[at + 4]!]! +
      shares[at + 5]! * probability[neighbours[at + 5]!]!;
  }
  for (let b = 0; b < band.length; b++) probability[band[b]!] = next[b]!;
}
