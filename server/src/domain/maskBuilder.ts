import type { Vector3 } from './affine.ts';
import { fillOnes } from './fillOnes.ts';
import { boxSize, boxVoxelCount, type IndexBox } from './indexBox.ts';
import { emptyMask, type Mask } from './mask.ts';

/** Runs that there is room for at first. */
const FIRST_RUNS = 64;

/** Collects the voxels of a mask as runs along i, in any order; a voxel may come more than once. */
export class MaskBuilder {
  /** i, j, k and length of each run. */
  #runs = new Int32Array(4 * FIRST_RUNS);
  #length = 0;
  readonly #low: [number, number, number];
  readonly #high: [number, number, number] = [0, 0, 0];

  constructor(private readonly shapeIjk: Vector3) {
    this.#low = [...shapeIjk];
  }

  /** @returns false for a run that leaves the volume, of which nothing is taken */
  addRun(i: number, j: number, k: number, length: number): boolean {
    const [columns, rows, slices] = this.shapeIjk;
    if (i < 0 || j < 0 || k < 0 || i + length > columns || j >= rows || k >= slices) return false;
    if (length <= 0) return true;
    if (this.#length === this.#runs.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#runs);
      this.#runs = larger;
    }
    const runs = this.#runs;
    runs[this.#length++] = i;
    runs[this.#length++] = j;
    runs[this.#length++] = k;
    runs[this.#length++] = length;
    const low = this.#low;
    const high = this.#high;
    if (i < low[0]) low[0] = i;
    if (j < low[1]) low[1] = j;
    if (k < low[2]) low[2] = k;
    if (i + length > high[0]) high[0] = i + length;
    if (j >= high[1]) high[1] = j + 1;
    if (k >= high[2]) high[2] = k + 1;
    return true;
  }

  /** In the smallest box: every run reaches into it. */
  toMask(): Mask {
    if (this.#length === 0) return emptyMask(this.shapeIjk);
    const box: IndexBox = { minIjk: [...this.#low], maxIjk: [...this.#high] };
    const [columns, rows] = boxSize(box);
    const [minI, minJ, minK] = box.minIjk;
    const voxels = new Uint8Array(boxVoxelCount(box));
    const runs = this.#runs;
    for (let at = 0; at < this.#length; at += 4) {
      const start = ((runs[at + 2]! - minK) * rows + (runs[at + 1]! - minJ)) * columns + (runs[at]! - minI);
      fillOnes(voxels, start, start + runs[at + 3]!);
    }
    return { shapeIjk: this.shapeIjk, box, voxels };
  }
}
