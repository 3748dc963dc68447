import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StoredPixels } from './decodedSlice.ts';
import type { Rescale } from './volume.ts';
import { VoxelStore } from './voxelStore.ts';

const HU: Rescale = { slope: 1, intercept: -1024 };

/** All voxels in modality units. */
function rescaled({ values, rescale }: ReturnType<VoxelStore['takeInOrder']>): number[] {
  return Array.from(values, value => value * rescale.slope + rescale.intercept);
}

function stored(...slices: readonly [StoredPixels, Rescale][]): ReturnType<VoxelStore['takeInOrder']> {
  const store = new VoxelStore(2, 8);
  for (const [pixels, rescale] of slices) store.add(pixels, rescale);
  return store.takeInOrder(slices.map((_, index) => index));
}

test('slices of one rescale are kept as they are stored, signed or not', () => {
  const signed = stored(
    [new Int16Array([-5, 7]), HU],
    [new Int8Array([-1, 1]), HU],
    [new Uint8Array([0, 255]), HU],
  );
  expect(signed).toEqual({ values: new Int16Array([-5, 7, -1, 1, 0, 255]), rescale: HU });
  const unsigned = stored([new Uint16Array([0, 65535]), HU], [new Uint16Array([1, 2]), HU]);
  expect(unsigned).toEqual({ values: new Uint16Array([0, 65535, 1, 2]), rescale: HU });
});

test('slices of several rescales, or of another signedness, become float32 in modality units', () => {
  const pet = stored(
    [new Uint16Array([1, 65535]), { slope: 0.5, intercept: 0 }],
    [new Uint16Array([2, 3]), { slope: 0.25, intercept: 1 }],
    [new Uint16Array([4, 5]), { slope: 0.5, intercept: 0 }],
  );
  expect(pet.values).toBeInstanceOf(Float32Array);
  expect(rescaled(pet)).toEqual([0.5, 32767.5, 1.5, 1.75, 2, 2.5]);
  const mixed = stored([new Int16Array([-1, 1]), HU], [new Uint16Array([65535, 0]), HU]);
  expect(rescaled(mixed)).toEqual([-1025, -1023, 64511, -1024]);
});

test('slices come out in the order asked for, also when they outgrow what was reserved', () => {
  const permutation = fc.nat(12).chain(count => {
    const all = Array.from({ length: count + 1 }, (_, index) => index);
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
  fc.assert(
    fc.property(permutation, order => {
      const store = new VoxelStore(2, 12);
      order.forEach((_, index) => store.add(new Uint8Array([index, index + 100]), HU));
      expect([...store.takeInOrder(order).values]).toEqual(order.flatMap(index => [index, index + 100]));
    }),
  );
});
