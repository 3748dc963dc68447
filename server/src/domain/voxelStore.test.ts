import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VoxelStore } from './voxelStore.ts';

test('slices come out in the order asked for, also when they outgrow what was reserved', () => {
  const permutation = fc.nat(12).chain(count => {
    const all = Array.from({ length: count + 1 }, (_, index) => index);
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
  fc.assert(
    fc.property(permutation, order => {
      const store = new VoxelStore(2, 12);
      order.forEach((_, index) => store.add(new Uint8Array([index, index + 100]), 1, 0));
      expect([...store.takeInOrder(order)]).toEqual(order.flatMap(index => [index, index + 100]));
    }),
  );
});
