import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { EngineRequest } from '../../ports/segmentationEngine.ts';
import { TINY_SIDE, writeTinyModel } from './fixtures/tinyZoo.ts';
import { readModelZoo } from './folderModelZoo.ts';
import { enginesFor, OnnxEnginePool } from './onnxEnginePool.ts';

const VOXELS = TINY_SIDE ** 3;
const entry = {
  path: fileURLToPath(new URL('./engineProcess.ts', import.meta.url)),
  execArgv: ['--import', 'tsx'],
};
const always = new AbortController().signal;
const opened: OnnxEnginePool[] = [];
let folder: string;
let model: ModelManifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tomoclick-pool-'));
  await writeTinyModel(folder, 'tiny');
  model = (await readModelZoo(folder)).get('tiny');
});

afterEach(() => Promise.all(opened.splice(0).map(pool => pool.close())));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Both processes run. */
async function readyPool(): Promise<OnnxEnginePool> {
  const pool = new OnnxEnginePool({ entry }, 2);
  opened.push(pool);
  await Promise.all([pool.predict(request('one'), always), pool.predict(request('other'), always)]);
  return pool;
}

function imageOf(value: number): jest.Mock<() => Float32Array> {
  return jest.fn(() => new Float32Array(VOXELS).fill(value));
}

function request(regionKey: string, image: () => Float32Array = imageOf(1)): EngineRequest {
  return { model, regionKey, image, points: [{ indexIjk: [1, 2, 3], include: true }] };
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
      pool.predict(request('a', one), always),
      pool.predict(request('b', other), always),
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
        pool.predict(request(key, key === 'a' ? image : imageOf(1)), always),
      ),
      pool.warm(request('a', image), always),
    ]);
    await pool.predict(request('a', image), always);
    expect(image).toHaveBeenCalledTimes(1);
  });

  test('while one process restarts, the other serves', async () => {
    const pool = await readyPool();
    const [first] = pool.pids;
    process.kill(first ?? 0, 'SIGKILL');
    const answers = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map(key => pool.predict(request(key), always)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(2);
    expect(pool.ready()).toBe(true);
    await expect(pool.predict(request('e'), always)).resolves.toMatchObject({ predictedIou: 0.75 });
  });
});
