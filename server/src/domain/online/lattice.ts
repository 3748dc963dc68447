import { AXES, type Axis } from '../canonicalFrame.ts';

/** Of the region's voxels, along each axis: where the auxiliary model looks and answers. */
export const LATTICE_STEP = 2;
/** The side of a local mean, in voxels of the region; odd. */
const MEAN_VOXELS = 5;

/** Every second voxel of a cube of `edge`³, k-j-i. */
export function onLattice(values: Float32Array | Uint8Array, edge: number): Float64Array {
  const size = edge / LATTICE_STEP;
  const found = new Float64Array(size ** 3);
  let at = 0;
  for (let k = 0; k < edge; k += LATTICE_STEP) {
    for (let j = 0; j < edge; j += LATTICE_STEP) {
      for (let i = 0; i < edge; i += LATTICE_STEP) found[at++] = values[(k * edge + j) * edge + i]!;
    }
  }
  return found;
}

/** Means of the cubes about the lattice's voxels; beyond the cube its outermost voxels go on. */
export function localMeans(values: Float32Array, edge: number): Float64Array {
  const size = edge / LATTICE_STEP;
  const reach = (MEAN_VOXELS - 1) / 2;
  let means: Float64Array = Float64Array.from(values);
  let [inner, length, outer] = [edge * edge, edge, 1];
  // Along k, j, i in turn: what was averaged already has the lattice's length.
  for (let pass = 0; pass < AXES.length; pass++) {
    const next = new Float64Array(outer * size * inner);
    for (let o = 0; o < outer; o++) {
      for (let place = 0; place < size; place++) {
        for (let shift = -reach; shift <= reach; shift++) {
          const from = Math.min(length - 1, Math.max(0, place * LATTICE_STEP + shift));
          const source = (o * length + from) * inner;
          const target = (o * size + place) * inner;
          for (let n = 0; n < inner; n++) next[target + n]! += means[source + n]!;
        }
      }
    }
    for (let n = 0; n < next.length; n++) next[n]! /= MEAN_VOXELS;
    means = next;
    [inner, length, outer] = [inner / edge, edge, outer * size];
  }
  return means;
}

/** A lattice of `size`³ → the cube of (2 × size)³, linear between the lattice's voxels; the last one goes on. */
export function offLattice(values: Float64Array, size: number): Float64Array {
  return AXES.reduce<Float64Array>((cube, axis) => doubledAlong(cube, axis, size), values);
}

/** One axis after the other, i first. */
function doubledAlong(cube: Float64Array, axis: Axis, size: number): Float64Array {
  // Axes before this one are doubled already.
  const inner = (2 * size) ** axis;
  const doubled = new Float64Array(2 * cube.length);
  for (let n = 0; n < cube.length; n++) {
    const within = n % inner;
    const place = Math.floor(n / inner) % size;
    const here = cube[n]!;
    const following = place < size - 1 ? cube[n + inner]! : here;
    const target = 2 * (n - within) + within;
    doubled[target] = here;
    doubled[target + inner] = (here + following) / 2;
  }
  return doubled;
}
