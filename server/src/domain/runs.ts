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
  let rowsSeen = 0;
  for (let at = voxels.indexOf(1); at >= 0;) {
    const row = Math.floor(at / columns);
    while (rowsSeen <= row) firstOfRow[rowsSeen++] = start.length;
    const rowEnd = (row + 1) * columns;
    start.push(at - row * columns);
    while (at < rowEnd && voxels[at] === 1) at++;
    end.push(at - row * columns);
    at = voxels.indexOf(1, at);
  }
  firstOfRow.fill(start.length, rowsSeen);
  return { start, end, firstOfRow, rows, slices };
}
