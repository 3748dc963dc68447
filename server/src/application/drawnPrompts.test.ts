import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Vector3 } from '../domain/affine.ts';
import { Problem } from '../domain/errors.ts';
import { anyReorientation } from '../domain/fixtures/arbitraries.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { reorientedVolume } from '../domain/fixtures/syntheticVolume.ts';
import { countVoxels, voxelAt, type Mask } from '../domain/mask.ts';
import type { BoxPrompt, Prompt } from '../domain/prompt.ts';
import type { Volume } from '../domain/volume.ts';
import { indexIjkOf, pointLpsOf, voxelVolumeMl } from '../domain/volumeGeometry.ts';
import { BallEngine } from './fixtures/ballEngine.ts';
import {
  noiseVolume as volume,
  ballServer,
  exclude,
  include,
  levelOf,
  predict,
  RADIUS_VOXELS,
} from './fixtures/ballPrediction.ts';
import { predictionPorts } from './fixtures/predictionPorts.ts';

// 128 × 128 × 120 mm; voxels of 2 × 2 × 3 mm.
const CENTRE_IJK: Vector3 = [30, 34, 18];
const BOX: BoxPrompt = { kind: 'box', cornersLps: [at([24, 29, 16]), at([36, 39, 20])] };
const IN_SLICE: BoxPrompt = {
  kind: 'box',
  cornersLps: [at([24, 29, 18]), at([36, 29, 18]), at([36, 39, 18]), at([24, 39, 18])],
  normalLps: [0, 0, 1],
};

function at(indexIjk: Vector3): Vector3 {
  return pointLpsOf(volume.geometry, indexIjk);
}

function holds(mask: Mask, of: Volume, pointLps: Vector3): boolean {
  const [i, j, k] = indexIjkOf(of.geometry, pointLps).map(Math.round) as [number, number, number];
  return voxelAt(mask, i, j, k) === 1;
}

async function refusalOf(prompt: Prompt): Promise<string> {
  const error: unknown = await predict(volume, [prompt]).catch((reason: unknown) => reason);
  if (!(error instanceof Problem)) throw new Error('it was not refused');
  return error.code;
}

describe('a box', () => {
  test('is filled at its place in the patient, in every orientation, by one look of its size', async () => {
    await fc.assert(
      fc.asyncProperty(anyReorientation, async reorientation => {
        const copy = reorientedVolume(volume, reorientation);
        const engine = new BallEngine(RADIUS_VOXELS);
        const { mask } = await predict(copy, [BOX], predictionPorts(copy, engine));
        const volumeMl = countVoxels(mask) * voxelVolumeMl(copy.geometry);
        expect(volumeMl).toBeGreaterThan(0.8 * 24 * 20 * 12 * 1e-3);
        expect(volumeMl).toBeLessThan(1.25 * 26 * 22 * 15 * 1e-3);
        expect(holds(mask, copy, at(CENTRE_IJK))).toBe(true);
        expect([at([22, 34, 18]), at([38, 34, 18]), at([30, 34, 22])].some(p => holds(mask, copy, p))).toBe(
          false,
        );
        // 24 mm × 1.5 fit into 32 voxels of 1.5 mm
        expect(engine.requests.map(levelOf)).toEqual([1.5]);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  test('in a slice says along which axis the structure goes on, and is fitted to what was found', async () => {
    const { engine, ports } = ballServer();
    const { mask } = await predict(volume, [IN_SLICE], ports);
    const [first] = engine.requests;
    expect(first?.box?.sliceAxis).toBe(2);
    const thickness = first!.box!.highIjk[2] - first!.box!.lowIjk[2];
    expect(thickness).toBeCloseTo(1, 6);
    expect([15, 16, 17, 18, 19, 20, 21].every(k => voxelAt(mask, 30, 34, k) === 1)).toBe(true);
  });

  test('that is drawn past the images ends where they do: no structure lies beyond', async () => {
    const answerTo = async (prompt: BoxPrompt): Promise<unknown> => {
      const { engine, ports } = ballServer();
      const { mask } = await predict(volume, [prompt], ports);
      return { mask, asked: engine.requests.map(({ regionKey, box }) => ({ regionKey, box })) };
    };
    // Voxels reach half a voxel beyond their centres.
    const within = { ...IN_SLICE, cornersLps: [at([-0.5, 29, 18]), at([12, 39, 18])] };
    const past = { ...IN_SLICE, cornersLps: [at([-60, 29, 18]), at([12, 39, 18])] };
    expect(await answerTo(past)).toEqual(await answerTo(within));
    const inSpace = (first: number): BoxPrompt => ({
      ...{ kind: 'box', cornersLps: [at([24, 29, first]), at([36, 39, 4])] },
    });
    expect(await answerTo(inSpace(-30))).toEqual(await answerTo(inSpace(-0.5)));
  });

  test('that ends before the centres of the outermost voxels is one of these', async () => {
    const asked = async (first: number, last: number): Promise<unknown> => {
      const { engine, ports } = ballServer();
      const cornersLps = [at([24, 29, first]), at([36, 39, last])];
      await predict(volume, [{ kind: 'box', cornersLps }], ports);
      return engine.requests[0]?.box;
    };
    expect(await asked(-9, -0.1)).toEqual(await asked(-0.5, -0.1));
    expect(await asked(39.1, 50)).toEqual(await asked(39.1, 39.5));
  });

  test('goes on to be known to the model when clicks follow, and no other looks are asked', async () => {
    const { engine, ports } = ballServer(new BallEngine(RADIUS_VOXELS, () => 0.1));
    const outside = at([20, 34, 18]);
    const prompts = [BOX, include(outside), exclude(at([34, 34, 18]))];
    const { mask } = await predict(volume, prompts, ports);
    expect(engine.requests.map(levelOf)).toEqual([1.5, 1.5, 1.5]);
    expect(engine.requests.every(({ box }) => box !== undefined)).toBe(true);
    expect(engine.requests[0]?.points).toEqual([]);
    expect(holds(mask, volume, outside)).toBe(true);
    expect(holds(mask, volume, at([34, 34, 18]))).toBe(false);
  });

  test('is told on by what is left of it, with an include click in its middle, when clicks only take away', async () => {
    const { engine, ports } = ballServer();
    await predict(volume, [BOX, exclude(at([34, 34, 18]))], ports);
    const [, corrected] = engine.requests;
    expect(corrected?.points.map(({ include: meant }) => meant)).toEqual([false, true]);
    const [taken, middle] = corrected!.points.map(({ indexIjk }) => indexIjk);
    const told = corrected!.previousLogits!;
    const toldAt = ([i, j, k]: Vector3): number =>
      told[(Math.round(k) * 32 + Math.round(j)) * 32 + Math.round(i)]!;
    expect(toldAt(taken!)).toBeLessThan(0);
    expect(toldAt(middle!)).toBeGreaterThan(0);
  });

  test('starts the segment anew', async () => {
    const { mask } = await predict(volume, [include(at([55, 55, 30])), BOX]);
    const { mask: alone } = await predict(volume, [BOX]);
    expect(voxelAt(mask, 55, 55, 30)).toBe(0);
    expect(countVoxels(mask)).toBe(countVoxels(alone));
  });

  test('that holds nothing, or lies beside the images, is refused', async () => {
    expect(await refusalOf({ kind: 'box', cornersLps: [at([24, 29, 16]), at([36, 39, 16])] })).toBe(
      'invalid-request',
    );
    expect(await refusalOf({ kind: 'box', cornersLps: [at([124, 29, 16]), at([136, 39, 20])] })).toBe(
      'prompt-outside-volume',
    );
  });
});

describe('a scribble', () => {
  test('includes, or excludes, all that it runs through', async () => {
    const stroke: Prompt = {
      kind: 'scribble',
      pointsLps: [at([26, 34, 18]), at([34, 34, 18])],
      polarity: 'include',
    };
    const { mask } = await predict(volume, [stroke]);
    for (let i = 26; i <= 34; i++) expect(voxelAt(mask, i, 34, 18)).toBe(1);
    const less = await predict(volume, [
      stroke,
      { kind: 'scribble', pointsLps: [at([33, 32, 18]), at([33, 36, 18])], polarity: 'exclude' },
    ]);
    for (let j = 32; j <= 36; j++) expect(voxelAt(less.mask, 33, j, 18)).toBe(0);
    expect(voxelAt(less.mask, 27, 34, 18)).toBe(1);
  });

  describe('longer than what the model looks at', () => {
    const along = ([first, last]: readonly [number, number], polarity: 'include' | 'exclude'): Prompt => ({
      ...{ kind: 'scribble', pointsLps: [at([first, 34, 18]), at([last, 34, 18])], polarity },
    });
    const rowOf = (mask: Mask): readonly number[] =>
      Array.from({ length: 57 }, (_, n) => voxelAt(mask, n + 4, 34, 18));

    test('is followed to its ends, as the first prompt and as a correction', async () => {
      const whole = Array.from({ length: 57 }, () => 1);
      expect(rowOf((await predict(volume, [along([4, 60], 'include')])).mask)).toEqual(whole);
      const { engine, ports } = ballServer();
      const corrected = await predict(volume, [include(at([32, 34, 18])), along([4, 60], 'include')], ports);
      expect(rowOf(corrected.mask)).toEqual(whole);
      expect(new Set(engine.requests.slice(-3).map(({ regionKey }) => regionKey)).size).toBe(3);
    });

    test('takes away all that it runs through, and looks no further than the mask', async () => {
      const clicked = [8, 32, 56].map(i => include(at([i, 34, 18])));
      const { engine, ports } = ballServer();
      expect(rowOf((await predict(volume, clicked, ports)).mask)).toContain(1);
      const { mask } = await predict(volume, [...clicked, along([4, 60], 'exclude')], ports);
      expect(rowOf(mask)).not.toContain(1);

      const [, middle] = clicked;
      await predict(volume, [middle!], ports);
      const before = engine.requests.length;
      await predict(volume, [middle!, along([39, 63], 'exclude')], ports);
      // About the middle of the stroke, and where it begins; where it ends there is nothing to take away.
      expect(engine.requests).toHaveLength(before + 2);
    });
  });

  test('that leaves the images counts for what of it lies in them', async () => {
    const leaving: Prompt = {
      kind: 'scribble',
      pointsLps: [at([4, 34, 18]), at([-30, 34, 18])],
      polarity: 'include',
    };
    expect(voxelAt((await predict(volume, [leaving])).mask, 2, 34, 18)).toBe(1);
    const away: Prompt = {
      kind: 'scribble',
      pointsLps: [at([-9, 34, 18]), at([-30, 34, 18])],
      polarity: 'include',
    };
    expect(await refusalOf(away)).toBe('prompt-outside-volume');
  });
});

describe('a lasso', () => {
  const outline = (
    [
      [24, 28],
      [36, 28],
      [36, 40],
      [24, 40],
    ] as const
  ).map(([i, j]) => at([i, j, 18]));

  test('includes what it surrounds', async () => {
    const { mask } = await predict(volume, [{ kind: 'lasso', pointsLps: outline, polarity: 'include' }]);
    expect(voxelAt(mask, 30, 34, 18)).toBe(1);
    expect(voxelAt(mask, 42, 34, 18)).toBe(0);
  });

  test('is looked through once in a request, however many prompts follow it', async () => {
    let reads = 0;
    const lasso: Prompt = {
      ...{ kind: 'lasso', polarity: 'include' },
      get pointsLps() {
        reads++;
        return outline;
      },
    };
    const ports = predictionPorts(volume, new BallEngine(RADIUS_VOXELS));
    const clicks = [28, 30, 32].map(i => include(at([i, 34, 18])));
    for (const [n] of clicks.entries()) await predict(volume, [lasso, ...clicks.slice(0, n)], ports);
    expect(reads).toBe(1);
  });

  test('without an area is refused', async () => {
    const line = [at([24, 28, 18]), at([30, 28, 18]), at([36, 28, 18])];
    expect(await refusalOf({ kind: 'lasso', pointsLps: line, polarity: 'include' })).toBe('invalid-request');
  });
});

test('a prompt of a kind that the model does not take is refused', async () => {
  const clicksOnly = { ...SMALL_MODEL, promptKinds: ['point'] as const };
  const ports = predictionPorts(volume, new BallEngine(RADIUS_VOXELS), clicksOnly);
  await expect(predict(volume, [BOX], ports)).rejects.toMatchObject({ code: 'invalid-request' });
});
