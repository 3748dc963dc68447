import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { walkedLogits } from '../../domain/borderWalk.ts';
import { refinedLogits } from '../../domain/refinement.ts';
import type { EngineRequest } from '../../ports/segmentationEngine.ts';
import { always, entry, imageOf, TinyModel, VOXELS } from './fixtures/tinyModel.ts';
import { TINY_SIDE, writeTinyRefiner } from './fixtures/tinyZoo.ts';
import { OnnxEngine, type OnnxEngineOptions } from './onnxEngine.ts';

const opened: OnnxEngine[] = [];
let tiny: TinyModel;

beforeAll(async () => {
  tiny = await TinyModel.write();
});

afterEach(() => Promise.all(opened.splice(0).map(engine => engine.close())));
afterAll(() => tiny.remove());

function openEngine(options: Partial<OnnxEngineOptions> = {}): OnnxEngine {
  const engine = new OnnxEngine({ entry, ...options });
  opened.push(engine);
  return engine;
}

async function readyEngine(options: Partial<OnnxEngineOptions> = {}): Promise<OnnxEngine> {
  const engine = openEngine(options);
  await engine.warm(tiny.request('first'), always);
  return engine;
}

describe('onnx engine', () => {
  test('wires the graphs by name and answers with the hypothesis the model trusts', async () => {
    const engine = openEngine();
    const points = [
      { indexIjk: [1, 2, 3], include: true },
      { indexIjk: [1, 1, 1], include: false },
      { indexIjk: [0, 0, 2], include: true },
    ] as const;
    const first = await engine.predict({ ...tiny.request('a', imageOf(5)), points }, always);
    // −(2 × 5 + 2 labels + 321 + 111 + 200)
    expect([...first.logits]).toEqual(Array<number>(VOXELS).fill(-644));
    expect(first.predictedIou).toBe(0.75);
    expect(first.encodeMs).toBeGreaterThan(0);
    const previousLogits = Float32Array.from({ length: VOXELS }, (_, at) => at);
    const second = await engine.predict({ ...tiny.request('a'), points, previousLogits }, always);
    expect([...second.logits]).toEqual([...previousLogits].map(logit => -(644 + logit)));
    expect(second.encodeMs).toBe(0);
  });

  test('answers with the next hypothesis where it is asked for, and fails where there is none', async () => {
    const engine = openEngine();
    const second = await engine.predict({ ...tiny.request('a', imageOf(5)), rank: 1 }, always);
    expect(second.logits[0]).toBe(2 * 5 + 1 + 321);
    expect(second.predictedIou).toBe(0.25);
    await expect(engine.predict({ ...tiny.request('a'), rank: 2 }, always)).rejects.toMatchObject({
      code: 'inference-failed',
    });
  });

  test('hands on a box with its faces and the axis of its slice, and no point as none', async () => {
    const engine = openEngine();
    const box = { lowIjk: [1, 0, 2], highIjk: [3, 2, 2.5] } as const;
    const faces = 1e3 * 1 + 3e3 * 2 + 4e3 * 3 + 5e3 * 2 + 6e3 * 2.5;
    const asked = { ...tiny.request('a', imageOf(5)), points: [] };
    const answerTo = async (given: Partial<EngineRequest>): Promise<number | undefined> =>
      (await engine.predict({ ...asked, ...given }, always)).logits[0];
    // the label of a point that is none is −1
    expect(await answerTo({})).toBe(-(2 * 5 - 1));
    expect(await answerTo({ box })).toBe(-(2 * 5 - 1 + faces + 1e6));
    expect(await answerTo({ box: { ...box, sliceAxis: 2 } })).toBe(-(2 * 5 - 1 + faces + 4e6));
  });

  test('moves a border by the image that it has encoded, for models that ask for it', async () => {
    const engine = openEngine();
    const refinement = { steps: 20, priorWeight: 0.1, contrast: 5 };
    const refining = { ...tiny.model, id: 'refining', refinement };
    const image = Float32Array.from({ length: VOXELS }, (_, n) => (n % TINY_SIDE < 2 ? -1 : 1));
    const logits = Float32Array.from({ length: VOXELS }, (_, n) => (n % 9 === 0 ? 1 : -9));
    const asked = { ...tiny.request('a', () => image), logits, modality: 'MR' };
    const reply = await engine.refine({ ...asked, model: refining }, always);
    const { points } = asked;
    const shapeKji = refining.logits.shapeKji;
    expect(reply.logits).toEqual(refinedLogits({ logits, image, shapeKji, points }, refinement));
    expect(reply.logits).not.toEqual(logits);
    expect((await engine.refine(asked, always)).logits).toBe(logits);
  });

  test('shows a border that follows the image further, for modalities that the model names', async () => {
    const engine = openEngine();
    const refinement = { steps: 20, priorWeight: 0.1, contrast: 5 };
    const walk = { reachVoxels: 3, contrast: 10, priorChance: 0.01, sweeps: 20 };
    const borderWalk = {
      ...{ ...walk, modalities: ['CT'], channel: 0, overRelaxation: 1.5, leastAgreement: 0 },
    };
    const model = { ...tiny.model, id: 'showing', refinement, borderWalk };
    const image = Float32Array.from({ length: VOXELS }, (_, n) => (n % TINY_SIDE < 2 ? -1 : 1));
    const logits = Float32Array.from({ length: VOXELS }, (_, n) => (n % TINY_SIDE < 1 ? 2 : -9));
    const asked = { ...tiny.request('a', () => image), model, logits };
    const seen = await engine.refine({ ...asked, modality: 'CT' }, always);
    const { points } = asked;
    const shapeKji = model.logits.shapeKji;
    const refined = refinedLogits({ logits, image, shapeKji, points }, refinement);
    expect(seen.logits).toEqual(refined);
    const walked = walkedLogits({ logits: refined, image, shapeKji, points }, borderWalk);
    expect(seen.shownLogits).toEqual(walked);
    expect(walked).not.toEqual(refined);
    expect((await engine.refine({ ...asked, modality: 'US' }, always)).shownLogits).toBeUndefined();
  });

  test('a refiner among the graphs sees image, points, the answer and its walked border; clicks are kept', async () => {
    const engine = openEngine();
    const refinement = { steps: 20, priorWeight: 0.1, contrast: 5 };
    const maskRefiner = await writeTinyRefiner(tiny.folder);
    const graphs = { ...tiny.model.graphs, maskRefiner };
    const logits = Float32Array.from({ length: VOXELS }, (_, n) => (n % 9 === 0 ? 1 : -9));
    const points = [{ indexIjk: [1, 2, 3], include: false }] as const;
    const asked = { ...tiny.request('a', imageOf(0.5)), points, logits, modality: 'MR' };
    const walking = { ...tiny.model, id: 'walking', refinement };
    const walked = (await engine.refine({ ...asked, model: walking }, always)).logits;
    const seen = (await engine.refine({ ...asked, model: { ...walking, graphs } }, always)).logits;
    const clicked = 1 + TINY_SIDE * (2 + TINY_SIDE * 3);
    const expected = walked.map((logit, n) => (n === clicked ? -4 : logit - logits[n]! + 0.5));
    expect([...seen]).toEqual([...expected]);
  });

  test('encodes a region once, however many ask at once or later', async () => {
    const engine = openEngine();
    const image = imageOf(1);
    await Promise.all([
      engine.predict(tiny.request('a', image), always),
      engine.predict(tiny.request('a', image), always),
      engine.warm(tiny.request('a', image), always),
    ]);
    await engine.predict(tiny.request('a', image), always);
    expect(image).toHaveBeenCalledTimes(1);
  });

  test('encodes again what fell out of the budget', async () => {
    const engine = openEngine({ embeddingBytes: VOXELS * 4 });
    const image = imageOf(1);
    for (const key of ['a', 'b', 'a']) await engine.predict(tiny.request(key, image), always);
    expect(image).toHaveBeenCalledTimes(3);
  });

  test('a decode waits for one encode at most, a click comes before warming', async () => {
    const engine = await readyEngine();
    const order: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => order.push(name));
    await Promise.all([
      note('warm running', engine.warm(tiny.request('w1'), always)),
      note('warm waiting', engine.warm(tiny.request('w2'), always)),
      note('new click', engine.predict(tiny.request('c'), always)),
      note('later click', engine.predict(tiny.request('first'), always)),
    ]);
    expect(order).toEqual(['warm running', 'later click', 'new click', 'warm waiting']);
  });

  test('describes a region by the encoding that prompts are decoded from', async () => {
    const engine = openEngine();
    const levels = await engine.describe(tiny.request('a', imageOf(5)), always);
    expect(levels.map(({ name }) => name)).toEqual(['features']);
    expect(levels[0]).toMatchObject({ channels: 1, shapeKji: [TINY_SIDE, TINY_SIDE, TINY_SIDE] });
    expect([...levels[0]!.values]).toEqual(Array<number>(VOXELS).fill(2 * 5));
    const image = imageOf(1);
    expect((await engine.predict(tiny.request('a', image), always)).encodeMs).toBe(0);
    expect(image).not.toHaveBeenCalled();
  });

  test('clicks come before descriptions, of regions that are encoded, too', async () => {
    const engine = await readyEngine();
    const order: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => order.push(name));
    await Promise.all([
      note('description running', engine.describe(tiny.request('d1'), always)),
      note('description waiting', engine.describe(tiny.request('d2'), always)),
      note('description at hand', engine.describe(tiny.request('first'), always)),
      note('click', engine.predict(tiny.request('c'), always)),
    ]);
    expect(order[0]).toBe('click');
  });

  test('a cancelled request leaves the queue without being computed', async () => {
    const engine = await readyEngine();
    const controller = new AbortController();
    const image = imageOf(1);
    const running = engine.predict(tiny.request('a'), always);
    const waiting = engine.predict(tiny.request('b', image), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await running;
    await engine.predict(tiny.request('c'), always);
    expect(image).not.toHaveBeenCalled();
  });

  test('a request cancelled while it is encoded leaves its embedding for the next', async () => {
    const engine = await readyEngine();
    const controller = new AbortController();
    const image = imageOf(1);
    const running = engine.predict(tiny.request('a', image), controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await engine.predict(tiny.request('a', image), always);
    expect(image).toHaveBeenCalledTimes(1);
  });

  test('refuses what it cannot take in time', async () => {
    const engine = openEngine({ queueLimit: 2 });
    const taken = [engine.predict(tiny.request('a'), always), engine.predict(tiny.request('b'), always)];
    await expect(engine.predict(tiny.request('c'), always)).rejects.toMatchObject({ code: 'overloaded' });
    await expect(Promise.all(taken)).resolves.toHaveLength(2);
  });

  test('SIGKILL fails what is running; what waits and what comes is served by a new process', async () => {
    const onCrash = jest.fn<(reason: string) => void>();
    const engine = await readyEngine({ onCrash });
    const firstPid = engine.pid;
    const running = engine.predict(tiny.request('a'), always);
    const waiting = engine.predict(tiny.request('b'), always);
    process.kill(firstPid ?? 0, 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'inference-failed' });
    expect(engine.ready()).toBe(false);
    expect((await waiting).predictedIou).toBe(0.75);
    const image = imageOf(1);
    await engine.predict(tiny.request('first', image), always);
    expect(image).toHaveBeenCalledTimes(1);
    expect(engine.ready()).toBe(true);
    expect(engine.pid).not.toBe(firstPid);
    expect(onCrash).toHaveBeenCalledWith(expect.stringContaining('SIGKILL'));
  });

  test('a process that cannot start fails the requests, and only them', async () => {
    const path = join(tiny.folder, 'dies.mjs');
    await writeFile(path, 'process.exit(3);');
    const engine = openEngine({ entry: { path } });
    await expect(engine.predict(tiny.request('a'), always)).rejects.toMatchObject({
      code: 'inference-failed',
    });
    expect(engine.ready()).toBe(false);
  });

  test('a process that the system refuses to start again is tried once more, and fails no server', async () => {
    const onCrash = jest.fn<(reason: string) => void>();
    const execArgv = [...entry.execArgv];
    const engine = await readyEngine({ entry: { ...entry, execArgv }, onCrash });
    // No system takes so long an argument: Node throws then, as where there is no memory left for a process.
    execArgv.push('x'.repeat(1024 ** 2));
    process.kill(engine.pid ?? 0, 'SIGKILL');
    const failure = { code: 'inference-failed' };
    await expect(engine.predict(tiny.request('a'), always)).rejects.toMatchObject(failure);
    await expect(engine.predict(tiny.request('b'), always)).rejects.toMatchObject(failure);
    expect(onCrash).toHaveBeenLastCalledWith(expect.stringContaining('E2BIG'));
    execArgv.pop();
    await expect(engine.predict(tiny.request('c'), always)).resolves.toMatchObject({ predictedIou: 0.75 });
  });

  test('a graph that cannot be read fails the request with its reason as the cause', async () => {
    const engine = openEngine();
    const missing = { path: join(tiny.folder, 'missing.onnx'), sha256: '0' };
    const broken = { ...tiny.model, id: 'broken', graphs: { ...tiny.model.graphs, maskDecoder: missing } };
    const cause: unknown = expect.objectContaining({ message: expect.stringContaining('missing.onnx') });
    await expect(engine.predict({ ...tiny.request('a'), model: broken }, always)).rejects.toMatchObject({
      code: 'inference-failed',
      cause,
    });
    await expect(engine.predict(tiny.request('a'), always)).resolves.toMatchObject({ predictedIou: 0.75 });
  });

  test('an answer that is no number fails the request, and is no mask in which nothing is found', async () => {
    const engine = openEngine();
    const failure = { code: 'inference-failed' };
    const graphs = { ...tiny.model.graphs, maskRefiner: await writeTinyRefiner(tiny.folder) };
    const refinement = { steps: 20, priorWeight: 0.1, contrast: 5 };
    const logits = new Float32Array(VOXELS).fill(-9);
    for (const value of [NaN, Infinity]) {
      const asked = tiny.request(`of ${value}`, imageOf(value));
      await expect(engine.predict(asked, always)).rejects.toMatchObject(failure);
      await expect(engine.describe(asked, always)).rejects.toMatchObject(failure);
      const model = { ...tiny.model, id: 'refining', graphs, refinement };
      const refining = engine.refine({ ...asked, model, logits, modality: 'MR' }, always);
      await expect(refining).rejects.toMatchObject(failure);
    }
    await expect(engine.predict(tiny.request('a'), always)).resolves.toMatchObject({ predictedIou: 0.75 });
  });

  test('an image that cannot be made fails only the request that gave it', async () => {
    const engine = openEngine();
    const broken = engine.predict(
      tiny.request('a', () => {
        throw new RangeError('no such region');
      }),
      always,
    );
    const sound = engine.predict(tiny.request('a'), always);
    await expect(broken).rejects.toThrow('no such region');
    await expect(sound).resolves.toMatchObject({ predictedIou: 0.75 });
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('where memory runs out, its process is ended before the server', async () => {
    const { pid } = await readyEngine();
    const badness = async (of: number | string = 'self'): Promise<number> =>
      Number(await readFile(`/proc/${of}/oom_score_adj`, 'utf8'));
    expect(await badness(pid)).toBeGreaterThan(await badness());
  });

  test('closing finishes what was asked and takes nothing more', async () => {
    const engine = await readyEngine();
    const asked = Promise.all([
      engine.predict(tiny.request('a'), always),
      engine.predict(tiny.request('b'), always),
    ]);
    const closed = engine.close();
    await expect(engine.predict(tiny.request('c'), always)).rejects.toMatchObject({ code: 'overloaded' });
    await expect(asked).resolves.toHaveLength(2);
    await closed;
    expect(engine.ready()).toBe(false);
    expect(() => process.kill(engine.pid ?? 0, 0)).toThrow('ESRCH');
  });
});
