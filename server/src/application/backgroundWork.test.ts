import { describe, expect, test } from '@jest/globals';
import { BackgroundWork } from './backgroundWork.ts';

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

describe('BackgroundWork', () => {
  test('does the same work once at a time, gives it up when it stops, and starts none after', async () => {
    const failures: string[] = [];
    const background = new BackgroundWork(name => failures.push(name));
    let started = 0;
    const start = (): void =>
      background.start('warm', 'series', signal => {
        started++;
        return untilAborted(signal);
      });
    start();
    start();
    expect(started).toBe(1);
    await background.stop();
    start();
    expect(started).toBe(1);
    expect(failures).toEqual([]);
  });

  test('gives up work for other work of the same key', async () => {
    const background = new BackgroundWork(() => undefined);
    const signals: AbortSignal[] = [];
    const start = (): void =>
      background.startInstead('point', 'series', signal => {
        signals.push(signal);
        return untilAborted(signal);
      });
    start();
    start();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await background.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('tells of work that failed by itself, and takes it again', async () => {
    const failures: string[] = [];
    const background = new BackgroundWork((name, reason) => failures.push(`${name}: ${String(reason)}`));
    for (const reason of ['one', 'two']) {
      background.start('warm', 'series', () => Promise.reject(new Error(reason)));
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(failures).toEqual(['warm: Error: one', 'warm: Error: two']);
  });
});
