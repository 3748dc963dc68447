import { voxelWordsOf, type VoxelWords } from './voxelWords.ts';

/** Four voxels of 1. */
const ONES = 0x01010101;

/** Finds where runs end in voxels that are 0 or 1, four at a time where they are alike. */
export class RunFinder {
  readonly #held: VoxelWords;

  constructor(private readonly voxels: Uint8Array) {
    this.#held = voxelWordsOf(voxels);
  }

  /**
   * The first voxel from `at` on, and before `end`, that is not of the run; `end` where there is none.
   * @param isInside the run is of 1
   */
  endOf(isInside: boolean, at: number, end: number): number {
    const voxels = this.voxels;
    const { words, unaligned } = this.#held;
    const four = isInside ? ONES : 0;
    let next = at;
    while (next < end && ((next - unaligned) & 3) !== 0 && (voxels[next] !== 0) === isInside) next++;
    if (((next - unaligned) & 3) === 0) {
      let word = (next - unaligned) >> 2;
      const lastWord = (end - unaligned) >> 2;
      while (word < lastWord && words[word] === four) word++;
      next = word * 4 + unaligned;
    }
    while (next < end && (voxels[next] !== 0) === isInside) next++;
    return next;
  }
}
