import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atOnce } from './atOnce.ts';
import { anyMask } from './fixtures/arbitraries.ts';
import { boxSize } from './indexBox.ts';
import { emptyMask, type Mask } from './mask.ts';
import { voxelsOfSlice } from './maskSlices.ts';
import { decodeMask, decodeRunLengths, encodeMask, encodeRunLengths } from './runLength.ts';

/** By the definition. */
function runLengthsOneByOne({ shapeIjk, box, voxels }: Mask): readonly number[] {
  const numbers = [...shapeIjk, ...box.minIjk, ...boxSize(box)];
  let value = 0;
  let length = 0;
  for (const voxel of voxels) {
    if (voxel !== value) {
      numbers.push(length);
      [value, length] = [voxel, 0];
    }
    length++;
  }
  if (voxels.length > 0) numbers.push(length);
  return numbers.flatMap(number => {
    const bytes: number[] = [];
    for (; number >= 0x80; number = Math.floor(number / 0x80)) bytes.push((number % 0x80) + 0x80);
    return [...bytes, number];
  });
}

describe('run-length mask', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyMask, mask => {
        const { shapeIjk, box, voxels } = decodeRunLengths(encodeRunLengths(mask));
        expect(shapeIjk).toEqual(mask.shapeIjk);
        expect(box).toEqual(mask.box);
        expect([...voxels]).toEqual([...mask.voxels]);
      }),
    );
    expect(decodeRunLengths(encodeRunLengths(emptyMask([512, 512, 2000])))).toEqual(
      emptyMask([512, 512, 2000]),
    );
  });

  test('says the same as runs looked for one by one, wherever in memory the voxels lie', () => {
    fc.assert(
      fc.property(anyMask, fc.nat(3), fc.integer({ min: 1, max: 40 }), (noise, offset, grain) => {
        // Some in grains, so that whole words are alike.
        const voxels = new Uint8Array(noise.voxels.length + offset).subarray(offset);
        for (let n = 0; n < voxels.length; n++) voxels[n] = noise.voxels[n - (n % grain)]!;
        const mask = { ...noise, voxels };
        const { runLength, sliceCounts } = atOnce(encodeMask(mask));
        expect([...runLength]).toEqual(runLengthsOneByOne(mask));
        const slices = Array.from({ length: boxSize(mask.box)[2] }, (_, k) => [...voxelsOfSlice(mask, k)]);
        expect(sliceCounts).toEqual(slices.map(slice => slice.filter(voxel => voxel === 1).length));
      }),
    );
  });

  test('of a large mask lets others have their turn, and long runs come back', () => {
    const side = 300;
    const maxIjk = [side, side, side] as const;
    const voxels = new Uint8Array(side ** 3).fill(1, 5, 20_000_000);
    const mask: Mask = { shapeIjk: maxIjk, box: { minIjk: [0, 0, 0], maxIjk }, voxels };
    const encoding = encodeMask(mask);
    expect(encoding.next().done).toBe(false);
    const { runLength } = atOnce(encoding);
    expect([...runLength]).toEqual(runLengthsOneByOne(mask));
    const decoding = decodeMask(runLength);
    expect(decoding.next().done).toBe(false);
    expect(Buffer.compare(atOnce(decoding).voxels, voxels)).toBe(0);
  });

  test('takes few bytes for a solid object', () => {
    const side = 40;
    const maxIjk = [side, side, side] as const;
    const solid = {
      shapeIjk: maxIjk,
      box: { minIjk: [0, 0, 0] as const, maxIjk },
      voxels: new Uint8Array(side ** 3).fill(1),
    };
    const bytes = encodeRunLengths(solid);
    expect(bytes.length).toBeLessThan(32);
    expect(decodeRunLengths(bytes).voxels).toEqual(solid.voxels);
  });

  test.each([
    ['ends in its header', [1, 2, 3]],
    ['ends within a number', [4, 4, 4, 0, 0, 0, 1, 1, 0x81]],
    ['runs do not fill', [4, 4, 4, 0, 0, 0, 2, 2, 2, 7]],
    ['leaves its volume', [4, 4, 4, 3, 0, 0, 2, 1, 1, 0, 2]],
  ])('bytes that are none are refused: %s', (reason, bytes) => {
    expect(() => decodeRunLengths(Uint8Array.from(bytes))).toThrow(reason);
  });
});
