import { describe, expect, test } from '@jest/globals';
import type { Vector3 } from '../domain/affine.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { voxelAt, type Mask } from '../domain/mask.ts';
import type { BoxPrompt, Prompt } from '../domain/prompt.ts';
import { pointLpsOf } from '../domain/volumeGeometry.ts';
import type { EngineRequest } from '../ports/segmentationEngine.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import {
  ballServer,
  exclude,
  include,
  noiseVolume as volume,
  levelOf,
  predict,
  RADIUS_VOXELS,
} from './fixtures/ballPrediction.ts';

const boxProbes = {
  ...{ offset: 0.2, mostUnreached: 0.15, unreachedWeight: 0.3, slack: 0.05 },
  ...{ fillWeight: 0.7, unprobedBonus: 0.1 },
};
const model = { ...SMALL_MODEL, boxProbes };
// 24 × 20 × 12 mm about [30, 34, 18]
const BOX: BoxPrompt = { kind: 'box', cornersLps: [at([24, 29, 16]), at([36, 39, 20])] };

function at(indexIjk: Vector3): Vector3 {
  return pointLpsOf(volume.geometry, indexIjk);
}

/** Sees balls about include clicks alone: a box says nothing of what is in it. */
class UnseeingEngine extends BallEngine {
  readonly told: EngineRequest[] = [];
  mostAtOnce = 0;
  #asked = 0;

  override async predict(request: EngineRequest, signal: AbortSignal): ReturnType<BallEngine['predict']> {
    const { box: _, ...unboxed } = request;
    this.told.push(request);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#asked);
    const reply = await super.predict(unboxed, signal);
    this.#asked--;
    return reply;
  }
}

/** The farther to the left the last include click lies, the surer; none: not at all. */
function leftIou({ points }: EngineRequest): number {
  const last = points.findLast(({ include: isIncluded }) => isIncluded);
  return last ? last.indexIjk[0] / 10 : 0;
}

function server(): { engine: UnseeingEngine; after: (prompts: readonly Prompt[]) => Promise<Mask> } {
  const engine = new UnseeingEngine(RADIUS_VOXELS, leftIou);
  const { ports } = ballServer(engine, model);
  return { engine, after: async prompts => (await predict(volume, prompts, ports)).mask };
}

function holds(mask: Mask, [i, j, k]: Vector3): boolean {
  return voxelAt(mask, i, j, k) === 1;
}

describe('a box that the model is asked about at several places', () => {
  test('is about what the model is surest of', async () => {
    const { engine, after } = server();
    const mask = await after([BOX]);
    expect(engine.told.map(({ points }) => points.length)).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
    expect(engine.told.every(({ box }) => box !== undefined)).toBe(true);
    // 0.2 of 24 mm to the left of the middle: between the voxels 32 and 33
    expect([holds(mask, [32, 34, 18]), holds(mask, [33, 34, 18]), holds(mask, [28, 34, 18])]).toEqual([
      ...[true, true, false],
    ]);
  });

  test('is asked about one place after the other: others are not to wait behind all of them', async () => {
    const { engine, after } = server();
    await after([BOX]);
    expect(engine.mostAtOnce).toBe(1);
  });

  test('is corrected with the middle of what was found, told as an include click', async () => {
    const { engine, after } = server();
    const mask = await after([BOX, include(at([27, 34, 18]))]);
    const corrections = engine.told.slice(8);
    expect(corrections.map(({ points }) => points.length)).toEqual([2]);
    expect(holds(mask, [27, 34, 18])).toBe(true);
  });

  test('is taken at once where what is found in it fits it, and corrected as it was', async () => {
    const engine = new BallEngine(RADIUS_VOXELS); // fills boxes
    const { ports } = ballServer(engine, model);
    await predict(volume, [BOX, include(at([22, 34, 18]))], ports);
    expect(engine.requests.map(({ points }) => points.length)).toEqual([0, 1]);
  });

  test('is drawn about what was clicked before, where something was', async () => {
    const { engine, after } = server();
    await after([include(at([28, 34, 18])), BOX]);
    const boxed = engine.told.filter(({ box }) => box !== undefined);
    expect(boxed.map(({ points }) => points.length)).toEqual([1]);
  });
});

describe('a box that is drawn elsewhere than was clicked before', () => {
  const elsewhere = include(at([57, 8, 34]));
  const LARGER: Prompt = { kind: 'size', wish: 'larger' };

  test.each([
    ['itself', [BOX]],
    ['what is taken away from it', [BOX, exclude(at([33, 34, 18]))]],
    ['another size of what is in it', [BOX, LARGER]],
  ])('is answered as if nothing had been clicked: %s', async (_, prompts) => {
    const anew = server();
    const mask = await anew.after(prompts);
    const later = server();
    expect(await later.after([elsewhere, ...prompts])).toEqual(mask);
    expect(later.engine.told.slice(-anew.engine.told.length).map(({ points }) => points)).toEqual(
      anew.engine.told.map(({ points }) => points),
    );
  });
});

describe('a lasso', () => {
  const lasso = (k: number): Prompt => ({
    ...{ kind: 'lasso', polarity: 'include' },
    pointsLps: [at([24, 28, k]), at([36, 28, k]), at([36, 40, k]), at([24, 40, k])],
  });

  test('that opens a segment is a box in a slice, too, and its middle a place to look at', async () => {
    const { engine, after } = server();
    await after([lasso(18)]);
    const [first] = engine.told;
    expect(first?.box?.sliceAxis).toBe(2);
    // none, the box's middle, two to both sides along two axes, the lasso's own middle
    expect(engine.told.slice(0, 7).map(({ points }) => points.length)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });

  test('that corrects is the points that it surrounds, and the box stays', async () => {
    const { engine, after } = server();
    await after([lasso(18), lasso(20)]);
    const [first, last] = [engine.told[0], engine.told.at(-1)];
    expect(last?.points.length).toBeGreaterThan(3);
    const widthMm = (request: EngineRequest | undefined): number =>
      request?.box ? (request.box.highIjk[0] - request.box.lowIjk[0]) * levelOf(request) : NaN;
    expect(widthMm(last)).toBeCloseTo(widthMm(first), 6);
  });

  test('is the points that it surrounds for a model that is not asked so', async () => {
    const engine = new UnseeingEngine(RADIUS_VOXELS, leftIou);
    const { ports } = ballServer(engine);
    await predict(volume, [lasso(18)], ports);
    expect(engine.told.every(({ box }) => box === undefined)).toBe(true);
  });
});
