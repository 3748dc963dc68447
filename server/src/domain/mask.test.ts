import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMask, denseVoxels } from './fixtures/arbitraries.ts';
import { countVoxels, cropMask, hasVoxels, mergeMasks, voxelAt, type Mask } from './mask.ts';
import { boxSize, isEmptyBox, type IndexBox } from './indexBox.ts';

describe('mask', () => {
  test('voxels are counted as one by one, wherever in memory they lie', () => {
    const voxels = fc.uint8Array({ max: 1, maxLength: 5000 });
    fc.assert(
      fc.property(voxels, fc.nat(9), fc.boolean(), (bytes, start, isSolid) => {
        const held = bytes.subarray(Math.min(start, bytes.length));
        if (isSolid) held.fill(1);
        const count = held.filter(voxel => voxel === 1).length;
        expect(countVoxels({ voxels: held })).toBe(count);
        expect(hasVoxels({ voxels: held })).toBe(count > 0);
      }),
    );
  });

  test('cropping changes no voxel and leaves a voxel on every face of the box', () => {
    fc.assert(
      fc.property(anyMask, mask => {
        const cropped = cropMask(mask);
        expect(denseVoxels(cropped)).toEqual(denseVoxels(mask));
        if (isEmptyBox(cropped.box)) return;
        const [columns, rows, slices] = boxSize(cropped.box);
        const held = [...cropped.voxels.keys()].filter(at => cropped.voxels[at] === 1);
        const reached = (index: (at: number) => number): number[] => held.map(index);
        expect(Math.min(...reached(at => at % columns))).toBe(0);
        expect(Math.max(...reached(at => at % columns))).toBe(columns - 1);
        expect(Math.min(...reached(at => Math.floor(at / columns) % rows))).toBe(0);
        expect(Math.max(...reached(at => Math.floor(at / columns) % rows))).toBe(rows - 1);
        expect(Math.min(...reached(at => Math.floor(at / columns / rows)))).toBe(0);
        expect(Math.max(...reached(at => Math.floor(at / columns / rows)))).toBe(slices - 1);
      }),
    );
  });

  test('merging takes the replacement inside the box and the current mask outside', () => {
    const box: IndexBox = { minIjk: [2, 1, 1], maxIjk: [7, 6, 5] };
    fc.assert(
      fc.property(anyMask, anyMask, (current, other) => {
        const within = restricted(other, box);
        const merged = mergeMasks(current, within, box);
        let wrong = 0;
        for (let k = 0; k < 7; k++) {
          for (let j = 0; j < 8; j++) {
            for (let i = 0; i < 9; i++) {
              const source = isIn(box, i, j, k) ? within : current;
              if (voxelAt(merged, i, j, k) !== voxelAt(source, i, j, k)) wrong++;
            }
          }
        }
        expect(wrong).toBe(0);
      }),
    );
  });
});

function isIn({ minIjk, maxIjk }: IndexBox, i: number, j: number, k: number): boolean {
  return [i, j, k].every((index, axis) => index >= (minIjk[axis] ?? 0) && index < (maxIjk[axis] ?? 0));
}

function restricted(mask: Mask, box: IndexBox): Mask {
  const voxels = Uint8Array.from(denseVoxels(mask), (voxel, at) =>
    isIn(box, at % 9, Math.floor(at / 9) % 8, Math.floor(at / 72)) ? voxel : 0,
  );
  return cropMask({ ...mask, box: { minIjk: [0, 0, 0], maxIjk: mask.shapeIjk }, voxels });
}
