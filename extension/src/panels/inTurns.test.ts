import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { inTurns } from './inTurns.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** What was begun and has not ended. */
let pending: (() => void)[];
let begun: number;
function work(): Promise<void> {
  begun += 1;
  return new Promise(resolve => pending.push(resolve));
}

async function answered(): Promise<void> {
  for (const resolve of pending.splice(0)) resolve();
  await Promise.resolve();
}

beforeEach(() => {
  [pending, begun] = [[], 0];
});

test('asks at once, and again and again until it ends', async () => {
  const end = inTurns(work, 2000);
  expect(begun).toBe(1);
  for (const times of [2, 3]) {
    await answered();
    jest.advanceTimersByTime(2000);
    expect(begun).toBe(times);
  }
  await answered();
  end();
  jest.advanceTimersByTime(60_000);
  expect(begun).toBe(3);
});

test('asks nothing more while an answer is late: clicks would wait behind what piles up', async () => {
  const end = inTurns(work, 2000);
  jest.advanceTimersByTime(20_000);
  expect(begun).toBe(1);
  await answered();
  jest.advanceTimersByTime(2000);
  expect(begun).toBe(2);
  end();
});

test('does not wait for ever for an answer that has got lost, nor give up where there was an error', async () => {
  const end = inTurns(work, 2000);
  jest.advanceTimersByTime(32_000);
  expect(begun).toBe(2);
  end();
  let failed = 0;
  const endOther = inTurns(() => Promise.reject(new Error(`${(failed += 1)}`)), 2000);
  await answered();
  jest.advanceTimersByTime(2000);
  expect(failed).toBe(2);
  endOther();
});
