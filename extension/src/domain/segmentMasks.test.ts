import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SegmentMasks } from './segmentMasks.ts';
import { sliceKeyOf } from './sliceKey.ts';

const SLICE = sliceKeyOf('1.2.3');
const OTHER_SLICE = sliceKeyOf('1.2.4');

function bitsOf(pixels: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pixels.length / 8));
  pixels.forEach((isSet, i) => (bits[i >> 3]! |= isSet ? 1 << (i & 7) : 0));
  return bits;
}

const bits = (text: string): Uint8Array => bitsOf([...text].map(character => character === '1'));

function composed(masks: SegmentMasks, pixelCount: number, key = SLICE): number[] {
  const labels = new Uint8Array(pixelCount).fill(99);
  masks.composeSlice(key, labels);
  return [...labels];
}

const scattered = (pixelCount: number) =>
  fc.array(fc.boolean(), { minLength: pixelCount, maxLength: pixelCount });

/** As structures are, row by row. */
const inOneRun = (pixelCount: number) =>
  fc
    .tuple(fc.nat({ max: pixelCount }), fc.nat({ max: pixelCount }))
    .map(([from, to]) => Array.from({ length: pixelCount }, (_, i) => i >= from && i < to));

describe('SegmentMasks', () => {
  test('shows the segment touched last where two overlap, and the other beside it', () => {
    const masks = new SegmentMasks();
    masks.replaceSlices(1, new Map([[SLICE, bits('1110000000')]]));
    masks.replaceSlices(2, new Map([[SLICE, bits('0111000000')]]));
    expect(composed(masks, 10)).toEqual([1, 2, 2, 2, 0, 0, 0, 0, 0, 0]);
  });

  test('brings back what a segment had covered of another when it shrinks', () => {
    const masks = new SegmentMasks();
    masks.replaceSlices(1, new Map([[SLICE, bits('1111')]]));
    masks.replaceSlices(2, new Map([[SLICE, bits('0011')]]));
    masks.replaceSlices(2, new Map([[SLICE, bits('0001')]]));
    expect(composed(masks, 4)).toEqual([1, 1, 1, 2]);
  });

  test('leaves slices that are not named as they were', () => {
    const masks = new SegmentMasks();
    const both = new Map([
      [SLICE, bits('11')],
      [OTHER_SLICE, bits('01')],
    ]);
    masks.replaceSlices(1, both);
    const touched = masks.replaceSlices(1, new Map([[SLICE, bits('00')]]));
    expect([...touched]).toEqual([SLICE]);
    expect(composed(masks, 2)).toEqual([0, 0]);
    expect(composed(masks, 2, OTHER_SLICE)).toEqual([0, 1]);
  });

  test('names every slice of a segment that comes to lie on top of another', () => {
    const masks = new SegmentMasks();
    masks.replaceSlices(1, new Map([[OTHER_SLICE, bits('11')]]));
    masks.replaceSlices(2, new Map([[OTHER_SLICE, bits('11')]]));
    const touched = masks.replaceSlices(1, new Map([[SLICE, bits('10')]]));
    expect(touched).toEqual(new Set([SLICE, OTHER_SLICE]));
    expect(composed(masks, 2, OTHER_SLICE)).toEqual([1, 1]);
  });

  test('forgets one segment, or all, and says where they were', () => {
    const masks = new SegmentMasks();
    masks.replaceSlices(1, new Map([[SLICE, bits('10')]]));
    masks.replaceSlices(2, new Map([[OTHER_SLICE, bits('01')]]));
    expect(masks.remove(1)).toEqual(new Set([SLICE]));
    expect(composed(masks, 2)).toEqual([0, 0]);
    expect(masks.clear()).toEqual(new Set([OTHER_SLICE]));
    expect(masks.clear()).toEqual(new Set());
  });

  test('composes what drawing pixel by pixel would, whatever the number of pixels', () => {
    const slices = fc.integer({ min: 1, max: 80 }).chain(pixelCount =>
      fc.array(
        fc.record({
          segmentNumber: fc.integer({ min: 1, max: 3 }),
          pixels: fc.oneof(scattered(pixelCount), inOneRun(pixelCount)),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    );
    fc.assert(
      fc.property(slices, steps => {
        const masks = new SegmentMasks();
        const latest = new Map<number, readonly boolean[]>();
        for (const { segmentNumber, pixels } of steps) {
          masks.replaceSlices(segmentNumber, new Map([[SLICE, bitsOf(pixels)]]));
          latest.delete(segmentNumber);
          latest.set(segmentNumber, pixels);
        }
        const expected = steps[0]!.pixels.map((_, i) =>
          [...latest].reduce((label, [segmentNumber, pixels]) => (pixels[i] ? segmentNumber : label), 0),
        );
        expect(composed(masks, expected.length)).toEqual(expected);
      }),
    );
  });
});
