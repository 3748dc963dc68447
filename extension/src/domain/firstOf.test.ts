import { expect, test } from '@jest/globals';
import { firstOf } from './firstOf.ts';

const LIST = Array.from({ length: 5 }, (_, n) => n);

test.each([
  [2, 2, [0, 1], false, 1],
  [4, 2, [0, 1, 2, 3], false, 2],
  [6, 2, LIST, true, 3],
  [5, 5, LIST, false, 1],
  [6, 5, LIST, true, 2],
  [10, 10, LIST, true, 1],
])('of a list of five the first %d, in pages of %d, are %j', async (most, pageSize, items, isAll, pages) => {
  let read = 0;
  const found = await firstOf(most, pageSize, ({ limit, offset }) => {
    read += 1;
    return Promise.resolve(LIST.slice(offset, offset + limit));
  });
  expect(found).toEqual({ items, isAll });
  expect(read).toBe(pages);
});
