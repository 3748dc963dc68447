import { describe, expect, test } from '@jest/globals';
import { KeyedMutex } from './keyedMutex.ts';

describe('KeyedMutex', () => {
  test('runs work of one key in order, one at a time, even after a failure', async () => {
    const mutex = new KeyedMutex();
    const events: string[] = [];
    const work = (name: string, fails = false) =>
      mutex.run('key', async () => {
        events.push(`${name} begins`);
        await new Promise(resolve => setImmediate(resolve));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const outcomes = await Promise.allSettled([work('a'), work('b', true), work('c')]);
    expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('lets work of another key pass', async () => {
    const mutex = new KeyedMutex();
    let open: () => void = () => undefined;
    const blocked = mutex.run('a', () => new Promise<void>(resolve => (open = resolve)));
    expect(await mutex.run('b', () => Promise.resolve('passed'))).toBe('passed');
    open();
    await blocked;
  });
});
