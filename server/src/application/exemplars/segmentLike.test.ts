import { describe, expect, jest, test } from '@jest/globals';
import type { Vector3 } from '../../domain/affine.ts';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../../domain/fixtures/syntheticVolume.ts';
import { CELL_VOXELS } from '../../domain/likeness/cells.ts';
import { countVoxels, cropMask, voxelAt, type Mask } from '../../domain/mask.ts';
import type { FeatureEngine, FeatureLevel } from '../../ports/featureEngine.ts';
import type { EngineRegion, EngineReply, EngineRequest } from '../../ports/segmentationEngine.ts';
import { CoarseLevels } from '../coarseLevels.ts';
import type { ExemplarCase, ExemplarSource, LikenessPorts } from './exemplarCase.ts';
import { LikenessMemory } from './likenessMemory.ts';
import { segmentLike } from './segmentLike.ts';

const SHAPE: Vector3 = [48, 44, 40];
const SIDE = 32;
const always = new AbortController().signal;

/** Sees how bright cells are, and answers with what it is told. */
class BrightEngine implements FeatureEngine {
  readonly described: string[] = [];
  readonly asked: EngineRequest[] = [];

  async describe(region: EngineRegion, signal: AbortSignal): Promise<readonly FeatureLevel[]> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.described.push(region.regionKey);
    const image = region.image();
    const cells = SIDE / CELL_VOXELS;
    const values = new Float32Array(2 * cells ** 3);
    image.forEach((value, at) => {
      const along = (n: number): number => Math.floor((Math.floor(at / SIDE ** n) % SIDE) / CELL_VOXELS);
      const channel = Math.floor(at / SIDE ** 3);
      const cell = ((channel * cells + along(2)) * cells + along(1)) * cells + along(0);
      values[cell] = values[cell]! + value / CELL_VOXELS ** 3;
    });
    return [{ name: 'brightness', channels: 2, shapeKji: [cells, cells, cells], values }];
  }

  async predict(request: EngineRequest): Promise<EngineReply> {
    await Promise.resolve();
    this.asked.push(request);
    return { logits: request.previousLogits!, predictedIou: 1, encodeMs: 0, decodeMs: 0 };
  }
}

function ballCase(centreIjk: Vector3, radius: number, uid = '1'): ExemplarCase {
  const inBall = (i: number, j: number, k: number): boolean =>
    Math.hypot(i - centreIjk[0], j - centreIjk[1], k - centreIjk[2]) <= radius;
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;
  const volume = syntheticVolume(SHAPE, identity, (_, [i, j, k]) => {
    return (inBall(i, j, k) ? 300 : 0) + ((i * 7 + j * 13 + k * 29) % 40);
  });
  const series = { ...volume.series, seriesInstanceUID: `1.2.3.${uid}` };
  return { volume: { ...volume, series }, masks: new Map([['ball', maskWhere(inBall)]]) };
}

function maskWhere(isIn: (i: number, j: number, k: number) => boolean): Mask {
  const voxels = new Uint8Array(SHAPE[0] * SHAPE[1] * SHAPE[2]);
  voxels.forEach((_, at) => {
    const [i, j, k] = [
      at % SHAPE[0],
      Math.floor(at / SHAPE[0]) % SHAPE[1],
      Math.floor(at / SHAPE[0] / SHAPE[1]),
    ];
    voxels[at] = isIn(i, j, k) ? 1 : 0;
  });
  return cropMask({ shapeIjk: SHAPE, box: { minIjk: [0, 0, 0], maxIjk: SHAPE }, voxels });
}

function sourceOf(
  exemplar: ExemplarCase,
  key: string,
): ExemplarSource & { load: jest.Mock<ExemplarSource['load']> } {
  return { key, load: jest.fn<ExemplarSource['load']>(() => Promise.resolve(exemplar)) };
}

function portsOf(engine: BrightEngine): LikenessPorts {
  return { engine, levels: new CoarseLevels(), memory: new LikenessMemory() };
}

function sharedVoxels(a: Mask, b: Mask): number {
  let shared = 0;
  for (let k = 0; k < SHAPE[2]; k++) {
    for (let j = 0; j < SHAPE[1]; j++) {
      for (let i = 0; i < SHAPE[0]; i++) shared += voxelAt(a, i, j, k) & voxelAt(b, i, j, k);
    }
  }
  return shared;
}

function diceOf(a: Mask, b: Mask): number {
  return (2 * sharedVoxels(a, b)) / (countVoxels(a) + countVoxels(b));
}

function like(
  query: ExemplarCase,
  sources: readonly ExemplarSource[],
  labels: readonly string[],
  ports: LikenessPorts,
  signal: AbortSignal = always,
  onProgress: (share: number) => void = () => undefined,
): ReturnType<typeof segmentLike> {
  return segmentLike(query.volume, sources, labels, SMALL_MODEL, ports, signal, onProgress);
}

describe('segmenting like exemplars', () => {
  test('finds a structure where it is, not where it is in the exemplar, and nothing of what none shows', async () => {
    const [exemplar, query] = [ballCase([24, 22, 20], 8, '1'), ballCase([20, 27, 22], 9, '2')];
    const truth = query.masks.get('ball')!;
    expect(diceOf(exemplar.masks.get('ball')!, truth)).toBeLessThan(0.7);
    const engine = new BrightEngine();
    const masks = await like(query, [sourceOf(exemplar, 'a')], ['ball', 'cube'], portsOf(engine));
    expect([...masks.keys()]).toEqual(['ball', 'cube']);
    expect(diceOf(masks.get('ball')!, truth)).toBeGreaterThan(0.8);
    expect(countVoxels(masks.get('cube')!)).toBe(0);
    // One click inside, with the likely mask as the one before.
    expect(engine.asked).toHaveLength(1);
    expect(engine.asked[0]!.points).toMatchObject([{ include: true }]);
  });

  test('classes that meet share no voxel', async () => {
    const halves = (one: ExemplarCase): ExemplarCase => ({
      ...one,
      masks: new Map(
        (['lower', 'upper'] as const).map(half => [
          half,
          maskWhere(
            (i, j, k) => voxelAt(one.masks.get('ball')!, i, j, k) === 1 && k >= 20 === (half === 'upper'),
          ),
        ]),
      ),
    });
    const [exemplar, query] = [
      halves(ballCase([24, 22, 20], 8, '1')),
      halves(ballCase([24, 23, 20], 8, '2')),
    ];
    const masks = await like(
      query,
      [sourceOf(exemplar, 'a')],
      ['lower', 'upper'],
      portsOf(new BrightEngine()),
    );
    const [lower, upper] = [masks.get('lower')!, masks.get('upper')!];
    expect(sharedVoxels(lower, upper)).toBe(0);
    expect(diceOf(lower, query.masks.get('lower')!)).toBeGreaterThan(0.5);
    expect(diceOf(upper, query.masks.get('upper')!)).toBeGreaterThan(0.5);
  });

  test('an exemplar is loaded and looked at once, however many queries are segmented like it', async () => {
    const source = sourceOf(ballCase([24, 22, 20], 8, '1'), 'a');
    const engine = new BrightEngine();
    const ports = portsOf(engine);
    const query = ballCase([25, 22, 20], 8, '2');
    const first = await like(query, [source], ['ball'], ports);
    const [loaded, described] = [source.load.mock.calls.length, engine.described.length];
    const second = await like(query, [source], ['ball'], ports);
    expect(source.load).toHaveBeenCalledTimes(loaded);
    const again = engine.described.slice(described);
    const keyOfQuery = again[0]!.split('|')[0]!;
    expect(again.every(key => key.startsWith(keyOfQuery))).toBe(true);
    expect(second).toEqual(first);
  });

  test('tells how far it is, and ends where nobody wants it any more', async () => {
    const shares: number[] = [];
    const [source, query] = [sourceOf(ballCase([24, 22, 20], 8, '1'), 'a'), ballCase([25, 22, 20], 8, '2')];
    await like(query, [source], ['ball'], portsOf(new BrightEngine()), always, share => shares.push(share));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const controller = new AbortController();
    const engine = new BrightEngine();
    const cancelled = like(query, [source], ['ball'], portsOf(engine), controller.signal, () =>
      controller.abort(),
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(engine.asked).toHaveLength(0);
  });

  test('refuses images that the model does not serve', async () => {
    const query = ballCase([25, 22, 20], 8);
    const foreign = { ...query, volume: { ...query.volume, modality: 'US' } };
    const asked = like(foreign, [sourceOf(query, 'a')], ['ball'], portsOf(new BrightEngine()));
    await expect(asked).rejects.toMatchObject({ code: 'model-not-for-modality' });
  });
});

describe('what exemplars look like', () => {
  test('is remembered as far as the memory goes, the longest unused is made again', async () => {
    const memory = new LikenessMemory(100 * 1024);
    const make = jest.fn((value: string) => Promise.resolve(value));
    const once = (key: string): Promise<string> =>
      memory.once(
        key,
        () => 40 * 1024,
        () => make(key),
      );
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await once(key)).toBe(key);
    expect(make.mock.calls.flat()).toEqual(['a', 'b', 'c', 'b']);
  });

  test('is not remembered where it could not be made', async () => {
    const memory = new LikenessMemory();
    const failing = memory.once(
      'a',
      () => 0,
      () => Promise.reject(new Error('unreachable')),
    );
    await expect(failing).rejects.toThrow('unreachable');
    await expect(
      memory.once(
        'a',
        () => 0,
        () => Promise.resolve(1),
      ),
    ).resolves.toBe(1);
  });
});
