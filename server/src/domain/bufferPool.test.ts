import { expect, test } from '@jest/globals';
import { BufferPool } from './bufferPool.ts';

test('a buffer given back is lent again, where it is long enough', () => {
  const pool = new BufferPool();
  const first = pool.take(100);
  pool.giveBack(first.subarray(10, 20));
  expect(pool.take(101).buffer).not.toBe(first.buffer);
  expect(pool.take(99).buffer).toBe(first.buffer);
});

test('no buffer is lent to two at a time, also when it is given back twice', () => {
  const pool = new BufferPool();
  const first = pool.take(10);
  expect(pool.take(10).buffer).not.toBe(first.buffer);
  pool.giveBack(first);
  pool.giveBack(first);
  expect(pool.take(10).buffer).toBe(first.buffer);
  expect(pool.take(10).buffer).not.toBe(first.buffer);
});

test("others' buffers are not taken", () => {
  const pool = new BufferPool();
  const mine = new Uint8Array(10);
  pool.giveBack(mine);
  expect(pool.take(10).buffer).not.toBe(mine.buffer);
});
