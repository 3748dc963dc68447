import type { Vector3 } from './affine.ts';
import { boxSize, boxVoxelCount, type IndexBox } from './indexBox.ts';
import { cropMask, emptyMask, type Mask } from './mask.ts';

/** Collects the voxels of a mask as runs along i, in any order; a voxel may come more than once. */
export class MaskBuilder {
  /** i, j, k and length of each run. */
  readonly #runs: number[] = [];

  constructor(private readonly shapeIjk: Vector3) {}

  /** @returns false for a run that leaves the volume, of which nothing is taken */
  addRun(i: number, j: number, k: number, length: number): boolean {
    const [columns, rows, slices] = this.shapeIjk;
    if (i < 0 || j < 0 || k < 0 || i + length > columns || j >= rows || k >= slices) return false;
    this.#runs.push(i, j, k, length);
    return true;
  }

  toMask(): Mask {
    const box = this.#box();
    if (boxVoxelCount(box) === 0) return emptyMask(this.shapeIjk);
    const [columns, rows] = boxSize(box);
    const voxels = new Uint8Array(boxVoxelCount(box));
    this.#forEachRun((i, j, k, length) => {
      const start = ((k - box.minIjk[2]) * rows + (j - box.minIjk[1])) * columns + (i - box.minIjk[0]);
      voxels.fill(1, start, start + length);
    });
    return cropMask({ shapeIjk: this.shapeIjk, box, voxels });
  }

  #box(): IndexBox {
    const low: [number, number, number] = [...this.shapeIjk];
    const high: [number, number, number] = [0, 0, 0];
    this.#forEachRun((i, j, k, length) => {
      [i, j, k].forEach((index, axis) => (low[axis] = Math.min(low[axis]!, index)));
      [i + length, j + 1, k + 1].forEach((index, axis) => (high[axis] = Math.max(high[axis]!, index)));
    });
    return { minIjk: low, maxIjk: high };
  }

  #forEachRun(visit: (i: number, j: number, k: number, length: number) => void): void {
    const runs = this.#runs;
    for (let at = 0; at < runs.length; at += 4) visit(runs[at]!, runs[at + 1]!, runs[at + 2]!, runs[at + 3]!);
  }
}
