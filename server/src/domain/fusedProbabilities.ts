import type { Vector3 } from './affine.ts';
import { blendPlane, placeVoxels, type AxisBlend } from './axisBlend.ts';
import { AXES, patientAxisOf, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import { MaskBuilder } from './maskBuilder.ts';
import type { Mask } from './mask.ts';
import { windowWeights } from './slidingWindow.ts';

/** Probabilities of the classes over a whole volume, at one spacing: the weighted mean of what windows say. */
export class FusedProbabilities {
  readonly #shapeIjk: Vector3;
  readonly #cube: number;
  readonly #weights: Float32Array;
  /** Weighted sums, (K, J, I) each; channel 0 is the background. */
  readonly #sums: readonly Float32Array[];
  readonly #totals: Float32Array;

  /** @param shapeIjk of the level @param cube voxels along each side of a window */
  constructor(shapeIjk: Vector3, cube: number, channels: number) {
    const voxels = shapeIjk[0] * shapeIjk[1] * shapeIjk[2];
    this.#shapeIjk = shapeIjk;
    this.#cube = cube;
    this.#weights = windowWeights(cube);
    this.#sums = Array.from({ length: channels }, () => new Float32Array(voxels));
    this.#totals = new Float32Array(voxels);
  }

  /** What reaches beyond the level is dropped. @param probabilities (C, K, J, I) of the window */
  add(cornerIjk: Vector3, probabilities: Float32Array): void {
    const cube = this.#cube;
    const [columns, rows, slices] = this.#shapeIjk;
    const [cornerI, cornerJ, cornerK] = cornerIjk;
    const firstI = Math.max(0, -cornerI);
    const lastI = Math.min(cube, columns - cornerI);
    for (let k = Math.max(0, -cornerK); k < Math.min(cube, slices - cornerK); k++) {
      for (let j = Math.max(0, -cornerJ); j < Math.min(cube, rows - cornerJ); j++) {
        const from = (k * cube + j) * cube;
        const to = ((k + cornerK) * rows + j + cornerJ) * columns + cornerI;
        for (let i = firstI; i < lastI; i++) {
          this.#totals[to + i] = this.#totals[to + i]! + this.#weights[from + i]!;
        }
        for (const [channel, sums] of this.#sums.entries()) {
          const start = channel * cube ** 3 + from;
          for (let i = firstI; i < lastI; i++) {
            sums[to + i] = sums[to + i]! + this.#weights[from + i]! * probabilities[start + i]!;
          }
        }
      }
    }
  }

  /**
   * The most probable class of every voxel of the volume, as one mask a class; the lower channel wins ties. Yields
   * after each slice, so that others get a turn. Nothing can be added any more.
   */
  *masks(
    frame: CanonicalFrame,
    spacingMm: number,
    volumeShapeIjk: Vector3,
  ): Generator<undefined, readonly Mask[]> {
    this.#divide();
    const builders = this.#sums.slice(1).map(() => new MaskBuilder(volumeShapeIjk));
    const grid = { shapeIjk: this.#shapeIjk, samplesOfMm: (_: Axis, mm: number) => mm / spacingMm };
    const [column, row, slice] = AXES.map((volumeAxis): AxisBlend => {
      const placed = placeVoxels(grid, frame, volumeAxis, [0, volumeShapeIjk[volumeAxis]]);
      return { ...placed, first: 0, count: this.#shapeIjk[patientAxisOf(frame, volumeAxis)] };
    });
    if (!column || !row || !slice) return [];
    const isPossible = this.#slicesWithAnyClass(slice);
    const planes = this.#sums.map(() => new Float32Array(row.count * column.count));
    const lines = this.#sums.map(() => new Float64Array(column.count));
    for (let k = 0; k < volumeShapeIjk[2]; k++) {
      if (!isPossible[slice.below[k]!] && !isPossible[slice.below[k]! + 1]) continue;
      this.#sums.forEach((sums, channel) => blendPlane(sums, slice, row, column, k, planes[channel]!));
      for (let j = 0; j < volumeShapeIjk[1]; j++) {
        planes.forEach((plane, channel) => blendLine(plane, row, column.count, j, lines[channel]!));
        addRuns(lines, column, j, k, builders);
      }
      yield;
    }
    return builders.map(builder => builder.toMask());
  }

  #divide(): void {
    for (const sums of this.#sums) {
      for (let at = 0; at < sums.length; at++) {
        const total = this.#totals[at]!;
        if (total > 0) sums[at] = sums[at]! / total;
      }
    }
  }

  /** Of the level, across the volume's slices: between two without any, the background wins everywhere. */
  #slicesWithAnyClass({ count, stride }: AxisBlend): readonly boolean[] {
    const found = new Array<boolean>(count).fill(false);
    const [background, ...classes] = this.#sums;
    for (const sums of classes) {
      for (let at = 0; at < sums.length; at++) {
        if (sums[at]! > background![at]!) found[Math.floor(at / stride) % count] = true;
      }
    }
    return found;
  }
}

/** A row of the volume, still at the level's resolution along it. */
function blendLine(plane: Float32Array, row: AxisBlend, size: number, j: number, line: Float64Array): void {
  const fraction = row.fraction[j]!;
  const lower = row.below[j]! * size;
  const upper = fraction > 0 ? lower + size : lower;
  for (let n = 0; n < size; n++) {
    const value = plane[lower + n]!;
    line[n] = value + fraction * (plane[upper + n]! - value);
  }
}

/** @param lines of the channels, background first */
function addRuns(
  lines: readonly Float64Array[],
  { below, fraction }: AxisBlend,
  j: number,
  k: number,
  builders: readonly MaskBuilder[],
): void {
  let start = 0;
  let running = 0;
  for (let i = 0; i <= below.length; i++) {
    const winner = i < below.length ? winnerAt(lines, below[i]!, fraction[i]!) : 0;
    if (winner === running) continue;
    if (running > 0) builders[running - 1]?.addRun(start, j, k, i - start);
    start = i;
    running = winner;
  }
}

function winnerAt(lines: readonly Float64Array[], below: number, fraction: number): number {
  let winner = 0;
  let highest = -Infinity;
  for (let channel = 0; channel < lines.length; channel++) {
    const line = lines[channel]!;
    const left = line[below]!;
    const value = fraction > 0 ? left + fraction * (line[below + 1]! - left) : left;
    if (value > highest) {
      highest = value;
      winner = channel;
    }
  }
  return winner;
}
