import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { always, entry, imageOf, TinyModel } from './fixtures/tinyModel.ts';
import { enginesFor, OnnxEnginePool } from './onnxEnginePool.ts';

const opened: OnnxEnginePool[] = [];
let tiny: TinyModel;

beforeAll(async () => {
  tiny = await TinyModel.write();
});

afterEach(() => Promise.all(opened.splice(0).map(pool => pool.close())));
afterAll(() => tiny.remove());

/** Both processes run. */
async function readyPool(): Promise<OnnxEnginePool> {
  const pool = new OnnxEnginePool({ entry }, 2);
  opened.push(pool);
  await Promise.all([pool.predict(tiny.request('one'), always), pool.predict(tiny.request('other'), always)]);
  return pool;
}

describe('engine pool', () => {
  test.each([
    [1, 1],
    [2, 1],
    [5, 2],
    [64, 4],
  ])('%i cores get %i processes', (cores, processes) => expect(enginesFor(cores)).toBe(processes));

  test('works on different regions in different processes', async () => {
    const pool = await readyPool();
    expect(new Set(pool.pids).size).toBe(2);
    const [one, other] = [imageOf(1), imageOf(1)];
    const asked = Promise.all([
      pool.predict(tiny.request('a', one), always),
      pool.predict(tiny.request('b', other), always),
    ]);
    // A process takes an image when it begins to encode it: one alone would not have come to the second.
    expect([one, other].map(image => image.mock.calls.length)).toEqual([1, 1]);
    await asked;
  });

  test('a region stays with the process that has encoded it', async () => {
    const pool = await readyPool();
    const image = imageOf(1);
    await Promise.all([
      ...['a', 'b', 'a', 'c', 'a'].map(key =>
        pool.predict(tiny.request(key, key === 'a' ? image : imageOf(1)), always),
      ),
      pool.warm(tiny.request('a', image), always),
    ]);
    await pool.predict(tiny.request('a', image), always);
    expect(image).toHaveBeenCalledTimes(1);
  });

  test('while one process restarts, the other serves', async () => {
    const pool = await readyPool();
    const [first] = pool.pids;
    process.kill(first ?? 0, 'SIGKILL');
    const answers = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map(key => pool.predict(tiny.request(key), always)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(2);
    expect(pool.ready()).toBe(true);
    await expect(pool.predict(tiny.request('e'), always)).resolves.toMatchObject({ predictedIou: 0.75 });
  });
});
