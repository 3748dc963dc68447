import { expect, test } from '@jest/globals';
import { untilAnswered } from './untilAnswered.ts';

const noDelay = (): Promise<void> => Promise.resolve();

test('asks again until there is an answer', async () => {
  let asked = 0;
  const ask = (): Promise<string> => {
    asked += 1;
    return asked < 3 ? Promise.reject(new Error('the server starts')) : Promise.resolve('box, lasso');
  };
  expect(await untilAnswered(ask, noDelay, () => true)).toBe('box, lasso');
});

test('asks no more once nobody wants to know, and says nothing then', async () => {
  let asked = 0;
  const ask = (): Promise<string> => {
    asked += 1;
    return Promise.reject(new Error('gone'));
  };
  expect(await untilAnswered(ask, noDelay, () => asked < 2)).toBeUndefined();
  expect(asked).toBe(2);
  let isWanted = true;
  const answered = untilAnswered(
    () => Promise.resolve('late'),
    noDelay,
    () => isWanted,
  );
  isWanted = false;
  expect(await answered).toBeUndefined();
});
