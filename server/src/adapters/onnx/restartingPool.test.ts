import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { always, TinyModel } from './fixtures/tinyModel.ts';
import { OnnxEnginePool } from './onnxEnginePool.ts';

/**
 * The first two processes answer at once, each with its number, but for the second answer about the region `slow`, which
 * never comes. A later one takes `loadMs` to load its models, and whatever it is asked waits for that.
 */
const programOf = (lives: string, loadMs: number): string => `
  import { appendFileSync, readFileSync } from 'node:fs';
  appendFileSync(${JSON.stringify(lives)}, '.');
  const life = readFileSync(${JSON.stringify(lives)}).length;
  const answers = {
    load: { kind: 'loaded' },
    encode: { kind: 'encoded', embeddingBytes: 1 },
    decode: { kind: 'decoded', logits: new Float32Array(1), predictedIou: life },
  };
  let slow = 0;
  let turn = new Promise(resolve => setTimeout(resolve, life > 2 ? ${loadMs} : 0));
  process.on('message', command => {
    if (life <= 2 && command.kind === 'decode' && command.embeddingKey.endsWith('|slow') && slow++ > 0) return;
    turn = turn.then(() => answers[command.kind] && process.send(answers[command.kind]));
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ kind: 'ready' });
`;
const LOAD_MS = 20_000;

let tiny: TinyModel;
let lives = '';
let pool: OnnxEnginePool;

beforeAll(async () => {
  tiny = await TinyModel.write();
});
afterEach(() => pool.close());
afterAll(() => tiny.remove());

async function preparedPool(name: string): Promise<OnnxEnginePool> {
  lives = join(tiny.folder, name);
  const path = `${lives}.mjs`;
  await writeFile(path, programOf(lives, LOAD_MS));
  pool = new OnnxEnginePool({ entry: { path }, preload: [tiny.model] }, 2);
  await pool.loaded();
  return pool;
}

async function killed(pid: number | undefined): Promise<void> {
  process.kill(pid ?? 0, 'SIGKILL');
  while ((await readFile(lives, 'utf8')).length < 3) await delay(20);
  // It says that it is ready with the same breath.
  await delay(500);
}

test('a click goes to a process that is prepared, and not to one that has yet to load its models', async () => {
  const restarting = await preparedPool('loading');
  await killed(restarting.pids[0]);
  const started = performance.now();
  const answers = await Promise.all(
    ['a', 'b', 'c'].map(key => restarting.predict(tiny.request(key), always)),
  );
  expect(performance.now() - started).toBeLessThan(LOAD_MS / 2);
  for (const { predictedIou } of answers) expect(predictedIou).toBeLessThanOrEqual(2);
}, 60_000);

test('a click on a region that others wait for in a restarting process does not wait with them', async () => {
  const restarting = await preparedPool('waiting');
  await restarting.predict(tiny.request('slow'), always);
  const holder = restarting.pids[0];
  const hung = restarting.predict(tiny.request('slow'), always);
  const waiting = restarting.predict(tiny.request('slow'), always);
  await Promise.all([expect(hung).rejects.toMatchObject({ code: 'inference-failed' }), killed(holder)]);
  const started = performance.now();
  await restarting.predict(tiny.request('slow'), always);
  expect(performance.now() - started).toBeLessThan(LOAD_MS / 2);
  expect((await waiting).predictedIou).toBe(3);
}, 60_000);
