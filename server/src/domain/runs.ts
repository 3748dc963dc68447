import { boxSize } from './indexBox.ts';
import type { Mask } from './mask.ts';

/** The voxels of a mask as maximal runs along i, in array order: run r covers start ≤ i < end of its row. */
export interface MaskRuns {
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** First run of every row (j + rows × k), and one entry more. All indices are local to the mask's box. */
  readonly firstOfRow: Int32Array;
  readonly rows: number;
  readonly slices: number;
}

export function runsOf(mask: Mask): MaskRuns {
  const [columns, rows, slices] = boxSize(mask.box);
  const { voxels } = mask;
  const start: number[] = [];
  const end: number[] = [];
  const firstOfRow = new Int32Array(rows * slices + 1);
  for (let row = 0; row < rows * slices; row++) {
    firstOfRow[row] = start.length;
    const rowEnd = (row + 1) * columns;
    let at = row * columns;
    while (at < rowEnd) {
      const first = voxels.indexOf(1, at);
      if (first < 0 || first >= rowEnd) break;
      const zero = voxels.indexOf(0, first);
      at = zero < 0 || zero > rowEnd ? rowEnd : zero;
      start.push(first - row * columns);
      end.push(at - row * columns);
    }
  }
  firstOfRow[rows * slices] = start.length;
  return { start, end, firstOfRow, rows, slices };
}
