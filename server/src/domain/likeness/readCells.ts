import type { Vector3 } from '../affine.ts';
import type { FeatureGrid } from './cells.ts';
import { describedCells } from './describedCells.ts';
import { readFeatures, type ReadOut } from './readOut.ts';

/** Cells after which others get a turn: some 10 ms. */
const CELLS_A_TURN = 2048;

/** What the features of cells say, (cells, targets). @param chosen places of cells in the region's k-j-i order */
export function* readCells(
  readOut: ReadOut,
  levels: readonly FeatureGrid[],
  cellShapeIjk: Vector3,
  chosen: Int32Array,
): Generator<undefined, Float32Array> {
  const read = new Float32Array(chosen.length * readOut.targets);
  for (let from = 0; from < chosen.length; from += CELLS_A_TURN) {
    const cells = chosen.subarray(from, from + CELLS_A_TURN);
    read.set(readFeatures(readOut, describedCells(levels, cellShapeIjk, cells)), from * readOut.targets);
    yield;
  }
  return read;
}
