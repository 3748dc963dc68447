import { expect, test } from '@jest/globals';
import { mapAhead } from './mapAhead.ts';

async function* count(to: number, onEnd: () => void = () => undefined): AsyncGenerator<number> {
  try {
    for (let n = 0; n < to; n++) {
      await Promise.resolve();
      yield n;
    }
  } finally {
    onEnd();
  }
}

test('results come in the order of the items, whatever their work takes, and no more than so many at a time', async () => {
  let underWay = 0;
  let most = 0;
  const slowestFirst = async (n: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    await new Promise(resolve => setTimeout(resolve, 12 - n));
    underWay--;
    return n * n;
  };
  const results: number[] = [];
  for await (const result of mapAhead(count(10), 4, slowestFirst)) results.push(result);
  expect(results).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
  expect(most).toBe(4);
});

test('a failure comes in its turn, ends the source, and waits for the work under way', async () => {
  let ended = 0;
  let isSourceEnded = false;
  const failingAt2 = async (n: number): Promise<number> => {
    await new Promise(resolve => setTimeout(resolve, n === 2 ? 1 : 10));
    ended++;
    if (n === 2) throw new Error('two');
    return n;
  };
  const results: number[] = [];
  await expect(async () => {
    for await (const n of mapAhead(
      count(10, () => (isSourceEnded = true)),
      4,
      failingAt2,
    ))
      results.push(n);
  }).rejects.toThrow('two');
  expect(results).toEqual([0, 1]);
  expect(isSourceEnded).toBe(true);
  const endedThen = ended;
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(ended).toBe(endedThen);
});

test('a consumer that stops early ends the source', async () => {
  let isSourceEnded = false;
  const source = count(10, () => (isSourceEnded = true));
  for await (const n of mapAhead(source, 2, n => Promise.resolve(n))) if (n === 1) break;
  expect(isSourceEnded).toBe(true);
});
