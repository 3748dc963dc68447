import type { Vector3 } from './affine.ts';
import { boxSize, type IndexBox } from './indexBox.ts';
import { cropMask, emptyMask, hasVoxelIn, type Mask } from './mask.ts';
import { runsOf, type MaskRuns } from './runs.ts';

/** Rows (j, k) before a row that a 26-connected neighbour can lie in. */
const ROWS_BEFORE: readonly (readonly [number, number])[] = [
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

/** The 26-connected component that holds the voxel, or else the one nearest to it. */
export function nearestComponent(mask: Mask, indexIjk: Vector3): Mask {
  const runs = runsOf(mask);
  const run = nearestRun(runs, localIndex(mask, indexIjk));
  if (run === undefined) return emptyMask(mask.shapeIjk);
  const component = componentOfRuns(runs);
  return keepRuns(mask, runs, candidate => component[candidate] === component[run]);
}

/**
 * The 26-connected components that hold any of the voxels, or have one in the box or in the other mask; if none does,
 * the largest component.
 */
export function componentsHolding(
  mask: Mask,
  indicesIjk: readonly Vector3[],
  box?: IndexBox,
  other?: Mask,
): Mask {
  const runs = runsOf(mask);
  const component = componentOfRuns(runs);
  const held = new Set<number>();
  for (const indexIjk of indicesIjk) {
    const run = runAt(runs, localIndex(mask, indexIjk));
    if (run !== undefined) held.add(component[run]!);
  }
  for (const run of box ? runsWithin(runs, localBox(mask, box)) : []) held.add(component[run]!);
  for (const run of other ? runsMeeting(mask, runs, other) : []) held.add(component[run]!);
  if (held.size === 0) held.add(largestComponent(runs, component));
  return keepRuns(mask, runs, run => held.has(component[run]!));
}

function localIndex(mask: Mask, indexIjk: Vector3): Vector3 {
  const { minIjk } = mask.box;
  const local = (axis: 0 | 1 | 2): number => Math.round(indexIjk[axis]) - minIjk[axis];
  return [local(0), local(1), local(2)];
}

function localBox(mask: Mask, { minIjk, maxIjk }: IndexBox): IndexBox {
  return { minIjk: localIndex(mask, minIjk), maxIjk: localIndex(mask, maxIjk) };
}

/** For every run the number of its component: the first run that belongs to it. */
function componentOfRuns(runs: MaskRuns): Int32Array {
  const parent = Int32Array.from(runs.start, (_, run) => run);
  const rootOf = (run: number): number => {
    let root = run;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[run] !== root) [parent[run], run] = [root, parent[run]!];
    return root;
  };
  for (let k = 0; k < runs.slices; k++) {
    for (let j = 0; j < runs.rows; j++) {
      for (const [dj, dk] of ROWS_BEFORE) {
        if (j + dj < 0 || j + dj >= runs.rows || k + dk < 0) continue;
        uniteRows(runs, j + runs.rows * k, j + dj + runs.rows * (k + dk), parent, rootOf);
      }
    }
  }
  for (let run = 0; run < parent.length; run++) parent[run] = rootOf(run);
  return parent;
}

function uniteRows(
  runs: MaskRuns,
  rowA: number,
  rowB: number,
  parent: Int32Array,
  rootOf: (run: number) => number,
): void {
  let a = runs.firstOfRow[rowA]!;
  let b = runs.firstOfRow[rowB]!;
  const endA = runs.firstOfRow[rowA + 1]!;
  const endB = runs.firstOfRow[rowB + 1]!;
  while (a < endA && b < endB) {
    // Ends are exclusive, so equality is contact across a corner.
    if (runs.start[a]! <= runs.end[b]! && runs.start[b]! <= runs.end[a]!) {
      const first = rootOf(a);
      const second = rootOf(b);
      parent[Math.max(first, second)] = Math.min(first, second);
    }
    if (runs.end[a]! < runs.end[b]!) a++;
    else b++;
  }
}

function runAt(runs: MaskRuns, [i, j, k]: Vector3): number | undefined {
  if (j < 0 || j >= runs.rows || k < 0 || k >= runs.slices) return undefined;
  const row = j + runs.rows * k;
  for (let run = runs.firstOfRow[row]!; run < runs.firstOfRow[row + 1]!; run++) {
    if (i >= runs.start[run]! && i < runs.end[run]!) return run;
  }
  return undefined;
}

/** Runs that have a voxel in a box. */
function runsWithin(runs: MaskRuns, { minIjk, maxIjk }: IndexBox): readonly number[] {
  const found: number[] = [];
  for (let k = Math.max(0, minIjk[2]); k < Math.min(runs.slices, maxIjk[2]); k++) {
    for (let j = Math.max(0, minIjk[1]); j < Math.min(runs.rows, maxIjk[1]); j++) {
      const row = j + runs.rows * k;
      for (let run = runs.firstOfRow[row]!; run < runs.firstOfRow[row + 1]!; run++) {
        if (runs.start[run]! < maxIjk[0] && runs.end[run]! > minIjk[0]) found.push(run);
      }
    }
  }
  return found;
}

/** Runs of a mask that share a voxel with another one. */
function runsMeeting({ box }: Mask, runs: MaskRuns, other: Mask): readonly number[] {
  const found: number[] = [];
  for (let row = 0; row < runs.rows * runs.slices; row++) {
    const j = (row % runs.rows) + box.minIjk[1];
    const k = Math.floor(row / runs.rows) + box.minIjk[2];
    for (let run = runs.firstOfRow[row]!; run < runs.firstOfRow[row + 1]!; run++) {
      const [start, end] = [runs.start[run]! + box.minIjk[0], runs.end[run]! + box.minIjk[0]];
      if (hasVoxelIn(other, { minIjk: [start, j, k], maxIjk: [end, j + 1, k + 1] })) found.push(run);
    }
  }
  return found;
}

function nearestRun(runs: MaskRuns, [i, j, k]: Vector3): number | undefined {
  let nearest: number | undefined;
  let nearestSquared = Infinity;
  for (let row = 0; row < runs.rows * runs.slices; row++) {
    const across = (row % runs.rows) - j;
    const along = Math.floor(row / runs.rows) - k;
    const rowSquared = across * across + along * along;
    if (rowSquared >= nearestSquared) continue;
    for (let run = runs.firstOfRow[row]!; run < runs.firstOfRow[row + 1]!; run++) {
      const gap = Math.max(runs.start[run]! - i, i - (runs.end[run]! - 1), 0);
      if (rowSquared + gap * gap >= nearestSquared) continue;
      nearestSquared = rowSquared + gap * gap;
      nearest = run;
    }
  }
  return nearest;
}

function largestComponent(runs: MaskRuns, component: Int32Array): number {
  const voxelCount = new Map<number, number>();
  let largest = 0;
  component.forEach((root, run) => {
    const count = (voxelCount.get(root) ?? 0) + runs.end[run]! - runs.start[run]!;
    voxelCount.set(root, count);
    if (count > (voxelCount.get(largest) ?? 0)) largest = root;
  });
  return largest;
}

function keepRuns(mask: Mask, runs: MaskRuns, keep: (run: number) => boolean): Mask {
  const [columns] = boxSize(mask.box);
  const voxels = mask.voxels.slice();
  for (let row = 0; row < runs.rows * runs.slices; row++) {
    for (let run = runs.firstOfRow[row]!; run < runs.firstOfRow[row + 1]!; run++) {
      if (keep(run)) continue;
      voxels.fill(0, row * columns + runs.start[run]!, row * columns + runs.end[run]!);
    }
  }
  return cropMask({ shapeIjk: mask.shapeIjk, box: mask.box, voxels });
}
