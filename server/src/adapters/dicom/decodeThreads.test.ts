import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from '@jest/globals';
import type { DecodeTask } from './decodeProtocol.ts';
import { DecodeThreads } from './decodeThreads.ts';

const OPTIONS = { maxThreads: 1, timeoutMs: 60_000, maxHeapMb: 64, maxHeaderBytes: 1000 };
const TASK: DecodeTask = {
  ...{ kind: 'frame', frameIndex: 0 },
  file: { fileId: 1, part10: new Uint8Array(new SharedArrayBuffer(1)) },
};

let threads: DecodeThreads | undefined;
const started: Worker[] = [];
afterEach(async () => {
  await threads?.close();
  started.length = 0;
});

/** Threads, numbered from 1, that do as told; `answer` tells how often they were asked. */
function threadsThat(program: string, options: Partial<typeof OPTIONS> = {}): DecodeThreads {
  threads = new DecodeThreads({ ...OPTIONS, ...options }, () => {
    const source = `const { parentPort, workerData: number } = require('node:worker_threads'); let asked = 0;
      parentPort.on('message', () => { asked++; ${program} });
      function answer() { parentPort.postMessage({ kind: 'done', result: asked }); }`;
    const thread = new Worker(source, { eval: true, workerData: started.length + 1 });
    started.push(thread);
    return thread;
  });
  return threads;
}

test('a thread that has died while it had no work is given none', async () => {
  const dying = threadsThat('answer(); setTimeout(() => process.exit(), 20);');
  expect(await dying.run(TASK)).toBe(1);
  await new Promise(resolve => started[0]?.once('exit', resolve));
  expect(await dying.run(TASK)).toBe(1);
  expect(started).toHaveLength(2);
});

test('an image that meets a thread at its end is given to another one', async () => {
  const worn = threadsThat('if (asked > 1) process.exit(); else answer();');
  expect(await worn.run(TASK)).toBe(1);
  expect(await worn.run(TASK)).toBe(1);
  expect(started).toHaveLength(2);
});

test('an image that takes the other one down, too, is refused', async () => {
  const dying = threadsThat('if (asked > 1 || number > 1) process.exit(); else answer();');
  expect(await dying.run(TASK)).toBe(1);
  await expect(dying.run(TASK)).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
  expect(started).toHaveLength(2);
});

test('a thread that stands still is replaced when its time is up', async () => {
  const standing = threadsThat('if (asked === 1) answer();', { timeoutMs: 3000 });
  expect(await standing.run(TASK)).toBe(1);
  await expect(standing.run(TASK)).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
  expect(await standing.run(TASK)).toBe(1);
  expect(started).toHaveLength(2);
});
