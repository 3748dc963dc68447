import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskOf } from '../../../test/fixtures/segmentations.ts';
import type { PlanePoint } from './convexHull.ts';
import { denseVoxels } from './fixtures/arbitraries.ts';
import { countVoxels, type Mask } from './mask.ts';
import { sliceOutlines } from './sliceOutlines.ts';

const [COLUMNS, ROWS, K] = [11, 9, 1];

/** From few voxels to few holes, in the last of two slices. */
const anySlice: fc.Arbitrary<Mask> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(9), { minLength: 99, maxLength: 99 }))
  .map(([tenths, noise]) =>
    maskOf(
      [COLUMNS, ROWS, 2],
      { minIjk: [0, 0, K], maxIjk: [COLUMNS, ROWS, K + 1] },
      (i, j) => (noise[j * COLUMNS + i] ?? 0) < tenths,
    ),
  );

/** The mask of one slice that is drawn with `#`. */
function drawn(...rows: readonly string[]): Mask {
  const shapeIjk = [rows[0]?.length ?? 0, rows.length, 1] as const;
  return maskOf(shapeIjk, { minIjk: [0, 0, 0], maxIjk: shapeIjk }, (i, j) => rows[j]?.[i] === '#');
}

/** How often the polygon goes round a point; independent of how it was made. */
function windingNumber(polygon: readonly PlanePoint[], [x, y]: PlanePoint): number {
  let winding = 0;
  polygon.forEach(([x0, y0], index) => {
    const [x1, y1] = polygon[(index + 1) % polygon.length] ?? [x0, y0];
    if (x0 === x1 && x0 > x && Math.min(y0, y1) < y && Math.max(y0, y1) > y) winding += Math.sign(y1 - y0);
  });
  return winding;
}

function areaOf(polygon: readonly PlanePoint[]): number {
  const sum = polygon.reduce((total, [x, y], index) => {
    const [nextX, nextY] = polygon[(index + 1) % polygon.length] ?? [x, y];
    return total + x * nextY - nextX * y;
  }, 0);
  return sum / 2;
}

describe('the outlines of a slice', () => {
  test('hold the centre of each voxel of the mask once, and of no other, and have its area', () => {
    fc.assert(
      fc.property(anySlice, mask => {
        const outlines = sliceOutlines(mask, K);
        const windings = Array.from({ length: COLUMNS * ROWS }, (_, n) =>
          outlines.map(outline => windingNumber(outline, [n % COLUMNS, Math.floor(n / COLUMNS)])),
        );
        const dense = denseVoxels(mask).slice(K * COLUMNS * ROWS);
        expect(windings.map(each => each.filter(winding => winding !== 0))).toEqual(
          dense.map(voxel => (voxel ? [1] : [])),
        );
        const area = outlines.reduce((sum, outline) => sum + areaOf(outline), 0);
        expect(area).toBe(countVoxels(mask));
      }),
      { numRuns: 500 },
    );
  });

  test('have only corners, at the outer edges of the voxels', () => {
    expect(sliceOutlines(drawn('....', '.##.', '.##.'), 0)).toEqual([
      [
        [0.5, 0.5],
        [2.5, 0.5],
        [2.5, 2.5],
        [0.5, 2.5],
      ],
    ]);
  });

  test('are one for each piece; voxels that touch at a corner are two pieces', () => {
    expect(sliceOutlines(drawn('#.#', '.#.'), 0)).toHaveLength(3);
    expect(sliceOutlines(drawn('###', '#..'), 0)).toHaveLength(1);
  });

  test('take holes in, also several in a row and pieces within them', () => {
    const rings = drawn(
      '#########',
      '#..#..#.#',
      '#######.#',
      '#.......#',
      '#.##.##.#',
      '#.......#',
      '#########',
    );
    const outlines = sliceOutlines(rings, 0);
    expect(outlines).toHaveLength(3);
    expect(outlines.map(areaOf)).toEqual([36, 2, 2]);
  });

  test('of a slice beyond the mask are none', () => {
    expect(sliceOutlines(drawn('#'), 1)).toEqual([]);
    expect(sliceOutlines(drawn('.'), 0)).toEqual([]);
  });
});
