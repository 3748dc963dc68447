import { add, scale, type Vector3 } from './affine.ts';
import { AXES, type Axis } from './canonicalFrame.ts';
import type { Logits } from './maskFromLogits.ts';
import type { BoxProbeSettings } from './modelManifest.ts';

/** Faces of a box; along `sliceAxis` it limits nothing. */
export interface BoxFaces {
  readonly low: Vector3;
  readonly high: Vector3;
  readonly sliceAxis?: Axis | undefined;
}

/**
 * Where in a box its structure is looked for: in its middle, and to both sides of that along each axis that the box
 * limits. A box says how large a structure is, and not which of what it holds. The evaluation code does the same.
 * @param faces in any space
 * @returns the middle first
 */
export function boxProbes(
  { offset }: BoxProbeSettings,
  { low, high, sliceAxis }: BoxFaces,
): readonly Vector3[] {
  const middle = scale(add(low, high), 0.5);
  const beside = (axis: Axis, steps: number): Vector3 => {
    const at = (each: Axis): number =>
      middle[each] + (each === axis ? steps * offset * (high[each] - low[each]) : 0);
    return [at(0), at(1), at(2)];
  };
  const limited = AXES.filter(axis => axis !== sliceAxis);
  return [middle, ...limited.flatMap(axis => [beside(axis, -1), beside(axis, 1)])];
}

/**
 * How much an answer is trusted to be what a box is drawn about: what the model expects of it, unless it leaves faces of
 * the box unreached, or fills the box as its surroundings would. The evaluation code does the same.
 * @param faces in voxels of the logits: voxel m reaches from m − 0.5 to m + 0.5
 * @returns higher is better, −∞ of an answer with nothing in the box
 */
export function trustInBox(
  settings: BoxProbeSettings,
  logits: Logits,
  expectedIou: number,
  isProbed: boolean,
  faces: BoxFaces,
): number {
  const content = contentOf(logits, faces);
  const trust = expectedIou - settings.unreachedWeight * unreachedOf(settings, content, faces);
  if (faces.sliceAxis !== undefined || trust === -Infinity) return trust;
  const bonus = isProbed ? 0 : settings.unprobedBonus;
  return trust - (settings.fillWeight * content.count.inside) / content.count.all + bonus;
}

/** Of the sides of the box, together, what an answer lacks; ∞ of one with nothing in the box. @param faces as there */
export function unreachedInBox(settings: BoxProbeSettings, logits: Logits, faces: BoxFaces): number {
  return unreachedOf(settings, contentOf(logits, faces), faces);
}

function unreachedOf(
  { slack }: BoxProbeSettings,
  { first, last, count }: Content,
  { low, high, sliceAxis }: BoxFaces,
): number {
  if (count.inside === 0) return Infinity;
  let unreached = 0;
  for (const axis of AXES.filter(each => each !== sliceAxis)) {
    const side = high[axis] - low[axis];
    const gaps = [(first[axis] - 0.5 - low[axis]) / side, (high[axis] - last[axis] - 0.5) / side];
    unreached += gaps.reduce((sum, gap) => sum + Math.max(0, gap - slack), 0);
  }
  return unreached;
}

interface Content {
  /** Of the mask in the box, along each axis. */
  readonly first: Vector3;
  readonly last: Vector3;
  readonly count: { readonly inside: number; readonly all: number };
}

function contentOf({ shapeIjk, values }: Logits, { low, high }: BoxFaces): Content {
  const [columns, rows] = shapeIjk;
  const [i0, i1] = voxelsBetween(low[0], high[0], shapeIjk[0]);
  const [j0, j1] = voxelsBetween(low[1], high[1], shapeIjk[1]);
  const [k0, k1] = voxelsBetween(low[2], high[2], shapeIjk[2]);
  let inside = 0;
  const first: [number, number, number] = [Infinity, Infinity, Infinity];
  const last: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let k = k0; k <= k1; k++) {
    for (let j = j0; j <= j1; j++) {
      for (let i = i0; i <= i1; i++) {
        if (!(values[(k * rows + j) * columns + i]! > 0)) continue;
        inside++;
        const index = [i, j, k] as const;
        for (const axis of AXES) {
          first[axis] = Math.min(first[axis], index[axis]);
          last[axis] = Math.max(last[axis], index[axis]);
        }
      }
    }
  }
  return { first, last, count: { inside, all: (i1 - i0 + 1) * (j1 - j0 + 1) * (k1 - k0 + 1) } };
}

/** The first and the last whose centres lie between two faces; where none does, the nearest. */
function voxelsBetween(low: number, high: number, count: number): readonly [number, number] {
  const within = (voxel: number): number => Math.min(Math.max(voxel, 0), count - 1);
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  if (first <= last) return [within(first), within(last)];
  const nearest = within(Math.floor((low + high) / 2 + 0.5));
  return [nearest, nearest];
}
