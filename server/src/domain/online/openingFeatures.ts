import type { Vector3 } from '../affine.ts';
import { LATTICE_STEP, localMeans, onLattice } from './lattice.ts';

/** The frozen model's answer to an opening prompt, in a cube of `edge`³ voxels; arrays in k-j-i order. */
export interface Opening {
  readonly edge: number;
  readonly spacingMm: number;
  readonly logits: Float32Array;
  /** (2, edge, edge, edge): the wide and the narrow window. */
  readonly image: Float32Array;
  /** Include clicks, in voxel index of the region; at least one. */
  readonly includedIjk: readonly Vector3[];
}

export const INPUTS = 12;
/** ± */
const LARGEST_INPUT = 2;
const LOGIT_SCALE = 4;
/** Distances count by their logarithm beyond it: structures are small or large. */
const DISTANCE_SCALE_MM = 5;
/** Keeps the direction at the click itself finite. */
const LEAST_DISTANCE_MM = 1e-3;
/** Voxels about an include click whose mean intensity is that of the structure. */
const CLICK_REACH = 1;

/**
 * What the auxiliary model sees of each voxel on the lattice: the model's logit, intensities, and where it lies from
 * the click. The training code computes the same.
 * @returns (voxels, INPUTS)
 */
export function openingFeatures({ edge, spacingMm, logits, image, includedIjk }: Opening): Float64Array {
  const voxels = edge ** 3;
  const size = edge / LATTICE_STEP;
  const narrow = image.subarray(voxels, 2 * voxels);
  const logitsHere = onLattice(logits, edge);
  const logitMeans = localMeans(logits, edge);
  const wideHere = onLattice(image.subarray(0, voxels), edge);
  const narrowHere = onLattice(narrow, edge);
  const narrowMeans = localMeans(narrow, edge);
  const clicked = clickedIntensity(narrow, edge, includedIjk);
  const centre = meanOf(includedIjk);
  const inputs = new Float64Array(size ** 3 * INPUTS);
  for (let voxel = 0, at = 0; voxel < size ** 3; voxel++) {
    const i = (voxel % size) * LATTICE_STEP - centre[0];
    const j = (Math.floor(voxel / size) % size) * LATTICE_STEP - centre[1];
    const k = Math.floor(voxel / size ** 2) * LATTICE_STEP - centre[2];
    const distanceMm = spacingMm * Math.sqrt(i * i + j * j + k * k);
    const logarithm = Math.log1p(distanceMm / DISTANCE_SCALE_MM) / 2;
    const towards = (spacingMm * logarithm) / (distanceMm + LEAST_DISTANCE_MM);
    const logit = logitsHere[voxel]!;
    const mean = narrowMeans[voxel]!;
    inputs[at++] = Math.tanh(logit / LOGIT_SCALE);
    inputs[at++] = 1 / (1 + Math.exp(-logit));
    inputs[at++] = within(logitMeans[voxel]! / LOGIT_SCALE);
    inputs[at++] = within(i * towards);
    inputs[at++] = within(j * towards);
    inputs[at++] = within(k * towards);
    inputs[at++] = within(logarithm);
    inputs[at++] = within(wideHere[voxel]!);
    inputs[at++] = within(narrowHere[voxel]!);
    inputs[at++] = within(mean);
    inputs[at++] = within(Math.abs(mean - clicked));
    inputs[at++] = within(clicked);
  }
  return inputs;
}

function within(value: number): number {
  return Math.min(LARGEST_INPUT, Math.max(-LARGEST_INPUT, value));
}

function meanOf(points: readonly Vector3[]): Vector3 {
  const along = (axis: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [along(0), along(1), along(2)];
}

/** The mean of one channel about the clicks. */
function clickedIntensity(channel: Float32Array, edge: number, points: readonly Vector3[]): number {
  let [sum, count] = [0, 0];
  for (const point of points) {
    const nearest = (place: number): number =>
      Math.min(edge - 1 - CLICK_REACH, Math.max(CLICK_REACH, Math.round(place)));
    const [i, j, k] = [nearest(point[0]), nearest(point[1]), nearest(point[2])];
    for (let dk = -CLICK_REACH; dk <= CLICK_REACH; dk++) {
      for (let dj = -CLICK_REACH; dj <= CLICK_REACH; dj++) {
        for (let di = -CLICK_REACH; di <= CLICK_REACH; di++, count++) {
          sum += channel[((k + dk) * edge + j + dj) * edge + i + di]!;
        }
      }
    }
  }
  return sum / count;
}
