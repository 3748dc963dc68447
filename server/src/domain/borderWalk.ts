import type { Vector3 } from './affine.ts';
import type { BorderWalkSettings } from './modelManifest.ts';
import { asClicked, nearestVoxelOf, type AnsweredRegion } from './refinement.ts';

const LEAST_PASSAGE = 1e-6;
/** Certainty beyond it says nothing more. */
const PROBABILITY_LIMIT = 1e-3;
const NEIGHBOURS = 6;

/**
 * The border that readers are shown: a random walker with the model's probability as prior (Grady 2005) in a wide
 * band about the model's own border, by red-black successive over-relaxation. It follows the image further than
 * `refinedLogits`, which the model's next answer starts from; where it leads too far from what the model means, it is
 * not followed. On the region's faces the model's mask stays. The evaluation code does the same.
 * @returns logits (K, J, I)
 */
export function walkedLogits(region: AnsweredRegion, settings: BorderWalkSettings): Float32Array {
  const { logits, image, shapeKji, points } = region;
  const voxels = logits.length;
  const mask = new Uint8Array(voxels);
  for (let n = 0; n < voxels; n++) mask[n] = logits[n]! > 0 ? 1 : 0;
  const seeds = seedsOf(points, shapeKji);
  const band = bandAboutBorder(mask, shapeKji, settings.reachVoxels);
  for (const seed of seeds.keys()) band[seed] = 0;
  const channel = image.subarray(settings.channel * voxels, (settings.channel + 1) * voxels);
  const [, rows, columns] = shapeKji;
  const plane = rows * columns;
  const steps = [-plane, plane, -columns, columns, -1, 1];
  // Voxels of one colour have neighbours of the other alone.
  const halves = [0, 1].map(colour =>
    walkOf(freeVoxels(band, shapeKji, colour), logits, channel, steps, settings),
  );
  const chance = new Float32Array(mask);
  for (const { free, prior } of halves) {
    for (let f = 0; f < free.length; f++) chance[free[f]!] = prior[f]!;
  }
  for (const [seed, wanted] of seeds) chance[seed] = wanted;
  for (let sweep = 0; sweep < settings.sweeps; sweep++) {
    for (const half of halves) relax(half, chance, [plane, columns], settings.overRelaxation);
  }
  const walked = asClicked(logits, points, shapeKji);
  if (!agree(chance, mask, settings.leastAgreement)) return walked;
  for (const { free } of halves) {
    for (const n of free) {
      const certain = Math.min(1 - PROBABILITY_LIMIT, Math.max(PROBABILITY_LIMIT, chance[n]!));
      walked[n] = Math.log(certain / (1 - certain));
    }
  }
  return walked;
}

/** Flat indices of the clicked voxels and their neighbours, 1 where they are to be included. */
function seedsOf(points: AnsweredRegion['points'], shapeKji: Vector3): ReadonlyMap<number, number> {
  const seeds = new Map<number, number>();
  const clicked = points.map(({ indexIjk, include }) => ({
    voxel: nearestVoxelOf(indexIjk, shapeKji),
    chance: include ? 1 : 0,
  }));
  // A click outranks a neighbour of another, a later click an earlier one.
  for (const { voxel, chance } of clicked) {
    forNeighbours(voxel, shapeKji, neighbour => seeds.set(neighbour, chance));
  }
  for (const { voxel, chance } of clicked) seeds.set(voxel, chance);
  return seeds;
}

/** The neighbours across faces that exist. */
function forNeighbours(voxel: number, [slices, rows, columns]: Vector3, visit: (n: number) => void): void {
  const plane = rows * columns;
  const [i, j, k] = [voxel % columns, Math.floor(voxel / columns) % rows, Math.floor(voxel / plane)];
  if (k > 0) visit(voxel - plane);
  if (k < slices - 1) visit(voxel + plane);
  if (j > 0) visit(voxel - columns);
  if (j < rows - 1) visit(voxel + columns);
  if (i > 0) visit(voxel - 1);
  if (i < columns - 1) visit(voxel + 1);
}

/** 1 at the voxels on both sides of a mask's border, and those so many steps to a neighbour beyond. */
function bandAboutBorder(mask: Uint8Array, shapeKji: Vector3, reachVoxels: number): Uint8Array {
  const [, rows, columns] = shapeKji;
  const plane = rows * columns;
  const band = new Uint8Array(mask.length);
  // Voxels of the band in the order in which they were found.
  const found = new Int32Array(mask.length);
  let count = 0;
  const enter = (n: number): void => {
    if (band[n] === 1) return;
    band[n] = 1;
    found[count++] = n;
  };
  const compare = (n: number, next: number): void => {
    if (mask[n] === mask[next]) return;
    enter(n);
    enter(next);
  };
  for (let n = 0; n < mask.length; n++) {
    if ((n + 1) % columns !== 0) compare(n, n + 1);
    if (n % plane < plane - columns) compare(n, n + columns);
    if (n + plane < mask.length) compare(n, n + plane);
  }
  for (let step = 0, from = 0; step < reachVoxels; step++) {
    const end = count;
    for (; from < end; from++) forNeighbours(found[from]!, shapeKji, enter);
  }
  return band;
}

/** The voxels of the band that are to be walked in, of one colour: on the region's faces the mask stays. */
function freeVoxels(band: Uint8Array, [slices, rows, columns]: Vector3, colour: number): Int32Array {
  const free = new Int32Array(band.length);
  let count = 0;
  for (let k = 1; k < slices - 1; k++) {
    for (let j = 1; j < rows - 1; j++) {
      const row = (k * rows + j) * columns;
      // The first voxel behind the face that has the colour.
      for (let i = 1 + ((1 + j + k + colour) & 1); i < columns - 1; i += 2) {
        if (band[row + i] === 1) free[count++] = row + i;
      }
    }
  }
  return free.slice(0, count);
}

/** A voxel becomes its part of the prior, and of its neighbours' chances by their shares. */
interface Walk {
  readonly free: Int32Array;
  /** Of the model. */
  readonly prior: Float32Array;
  /** Of the prior, weighted. */
  readonly believed: Float32Array;
  /** Six a voxel: along k, j, i, below and above. */
  readonly shares: Float32Array;
}

function walkOf(
  free: Int32Array,
  logits: Float32Array,
  channel: Float32Array,
  steps: readonly number[],
  { contrast, priorChance }: BorderWalkSettings,
): Walk {
  const prior = new Float32Array(free.length);
  const believed = new Float32Array(free.length);
  const shares = new Float32Array(NEIGHBOURS * free.length);
  for (let f = 0, at = 0; f < free.length; f++) {
    const n = free[f]!;
    prior[f] = 1 / (1 + Math.exp(-logits[n]!));
    believed[f] = (prior[f]! * priorChance) / (1 + priorChance);
    let total = 0;
    for (let side = 0; side < NEIGHBOURS; side++) {
      const change = channel[n + steps[side]!]! - channel[n]!;
      const passage = Math.exp(-contrast * change * change) + LEAST_PASSAGE;
      shares[at + side] = passage;
      total += passage;
    }
    const scale = 1 / (total * (1 + priorChance));
    for (const end = at + NEIGHBOURS; at < end; at++) shares[at] = shares[at]! * scale;
  }
  return { free, prior, believed, shares };
}

function relax(
  { free, believed, shares }: Walk,
  chance: Float32Array,
  [plane, row]: readonly [number, number],
  overRelaxation: number,
): void {
  for (let f = 0, at = 0; f < free.length; f++, at += NEIGHBOURS) {
    const n = free[f]!;
    const wanted =
      believed[f]! +
      shares[at]! * chance[n - plane]! +
      shares[at + 1]! * chance[n + plane]! +
      shares[at + 2]! * chance[n - row]! +
      shares[at + 3]! * chance[n + row]! +
      shares[at + 4]! * chance[n - 1]! +
      shares[at + 5]! * chance[n + 1]!;
    chance[n] = chance[n]! + overRelaxation * (wanted - chance[n]!);
  }
}

/** Whether the Dice of both masks is at least that. */
function agree(chance: Float32Array, mask: Uint8Array, leastAgreement: number): boolean {
  let [both, sum] = [0, 0];
  for (let n = 0; n < mask.length; n++) {
    const isWalked = chance[n]! > 0.5;
    if (isWalked && mask[n] === 1) both++;
    sum += (isWalked ? 1 : 0) + mask[n]!;
  }
  return 2 * both >= leastAgreement * sum;
}
