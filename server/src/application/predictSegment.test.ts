import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { norm, subtract, type Vector3 } from '../domain/affine.ts';
import { anyFlip, anyReorientation } from '../domain/fixtures/arbitraries.ts';
import {
  obliqueAffine,
  originalIndexOf,
  reorientedVolume,
  syntheticVolume,
  type Reorientation,
} from '../domain/fixtures/syntheticVolume.ts';
import { countVoxels, voxelAt, type Mask } from '../domain/mask.ts';
import type { Volume } from '../domain/volume.ts';
import { pointLpsOf } from '../domain/volumeGeometry.ts';
import {
  ballServer,
  exclude,
  include,
  noise,
  noiseVolume,
  predict,
  RADIUS_MM,
  shape,
} from './fixtures/ballPrediction.ts';
import { PredictionMemo } from './predictionMemo.ts';
import { predictSegment } from './predictSegment.ts';

/** Distances (mm) from a point of the farthest voxel in the mask and of the nearest one outside it. */
function reachOf(mask: Mask, volume: Volume, pointLps: Vector3): { farthestIn: number; nearestOut: number } {
  let farthestIn = 0;
  let nearestOut = Infinity;
  // The nearest voxel outside the mask touches it.
  const { minIjk, maxIjk } = mask.box;
  for (let k = minIjk[2] - 1; k <= maxIjk[2]; k++) {
    for (let j = minIjk[1] - 1; j <= maxIjk[1]; j++) {
      for (let i = minIjk[0] - 1; i <= maxIjk[0]; i++) {
        const mm = norm(subtract(pointLpsOf(volume.geometry, [i, j, k]), pointLps));
        if (voxelAt(mask, i, j, k)) farthestIn = Math.max(farthestIn, mm);
        else nearestOut = Math.min(nearestOut, mm);
      }
    }
  }
  return { farthestIn, nearestOut };
}

/** How many voxels of the copy's mask are none of the original's. */
function strayVoxels(copy: Mask, original: Mask, reorientation: Reorientation): number {
  let stray = 0;
  const { minIjk, maxIjk } = copy.box;
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      for (let i = minIjk[0]; i < maxIjk[0]; i++) {
        const originalIjk = originalIndexOf([i, j, k], original.shapeIjk, reorientation);
        if (voxelAt(copy, i, j, k) && !voxelAt(original, ...originalIjk)) stray++;
      }
    }
  }
  return stray;
}

// About 96 × 86 × 84 mm.
const obliqueShape: Vector3 = [48, 48, 28];
const angle = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const anyOblique = fc
  .tuple(angle, angle, angle)
  .map(angles => obliqueAffine(angles, [2, 1.8, 3], [-20, 10, 300]));
const anyClickIjk = fc.tuple(
  fc.integer({ min: 6, max: 41 }),
  fc.integer({ min: 6, max: 41 }),
  fc.integer({ min: 6, max: 21 }),
);

describe('predicting a segment', () => {
  test('takes a click on the edge of the volume for one in its outermost voxel', async () => {
    const at = (indexIjk: Vector3): Vector3 => pointLpsOf(noiseVolume.geometry, indexIjk);
    const elsewhere = include(at([10, 10, 10]));
    for (const axis of [0, 1, 2] as const) {
      for (const [edge, outermost] of [
        [-0.5, 0],
        [shape[axis] - 0.5, shape[axis] - 1],
      ] as const) {
        const onEdge: [number, number, number] = [32, 32, 20];
        onEdge[axis] = edge;
        const inVoxel: [number, number, number] = [...onEdge];
        inVoxel[axis] = outermost;
        const { mask } = await predict(noiseVolume, [elsewhere, include(at(onEdge))]);
        expect([axis, edge, voxelAt(mask, ...inVoxel)]).toEqual([axis, edge, 1]);
      }
    }
  });

  test('puts a ball about the click at its place in the patient, in every orientation', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyOblique,
        anyReorientation,
        anyClickIjk,
        async (ijkToLps, reorientation, clickIjk) => {
          const original = syntheticVolume(obliqueShape, ijkToLps, noise);
          const click = pointLpsOf(original.geometry, clickIjk);
          const volume = reorientedVolume(original, reorientation);
          const { mask } = await predict(volume, [include(click)]);
          const { farthestIn, nearestOut } = reachOf(mask, volume, click);
          // Half a region voxel diagonal: linear interpolation of a cone.
          expect(farthestIn).toBeLessThan(RADIUS_MM + 1.3);
          expect(nearestOut).toBeGreaterThan(RADIUS_MM - 1.3);
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  test('gives a flipped, sheared copy exactly the flipped mask, for several clicks', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyFlip,
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        fc.array(fc.tuple(anyClickIjk, fc.boolean()), { minLength: 1, maxLength: 4 }),
        async (flip, shear, clicks) => {
          const affine = obliqueAffine([0.1, -0.2, 0.3], [2, 1.8, 3], [-20, 10, 300], shear);
          const original = syntheticVolume(obliqueShape, affine, noise);
          const prompts = clicks.map(([indexIjk, wanted], n) => {
            const pointLps = pointLpsOf(original.geometry, indexIjk);
            return wanted || n === 0 ? include(pointLps) : exclude(pointLps);
          });
          const { mask } = await predict(original, prompts);
          const copy = await predict(reorientedVolume(original, flip), prompts);
          expect(strayVoxels(copy.mask, mask, flip)).toBe(0);
          expect(countVoxels(copy.mask)).toBe(countVoxels(mask));
          const nothingTakenAway = prompts.every(
            prompt => 'polarity' in prompt && prompt.polarity === 'include',
          );
          if (nothingTakenAway) expect(countVoxels(mask)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  test('a later click nearby is one decode in the same region, with the logits before and all clicks', async () => {
    const { volume, engine, ports } = ballServer();
    const first = include([0, 0, 760]);
    await predict(volume, [first], ports);
    const seen = engine.requests.length;
    const { mask, timings } = await predict(volume, [first, exclude([4, 0, 760])], ports);
    const later = engine.requests.slice(seen);
    expect(later).toHaveLength(1);
    expect(later[0]?.regionKey).toBe(engine.requests[seen - 1]?.regionKey);
    expect(later[0]?.points.map(point => point.include)).toEqual([true, false]);
    expect(later[0]?.previousLogits).toHaveLength(32 ** 3);
    expect(timings['encode']).toBe(2);
    expect(voxelAt(mask, 32, 25, 20)).toBe(0);
    expect(voxelAt(mask, 29, 25, 20)).toBe(1);
  });

  test('the mask is what the engine shows of an answer; the model is told the answer itself', async () => {
    const { volume, engine, ports } = ballServer();
    const first = include([0, 0, 760]);
    const whole = await predict(volume, [first], ports);
    const showing = ballServer();
    const withheld = 2; // voxels
    showing.engine.refine = ({ logits, modality }) => {
      expect(modality).toBe(volume.modality);
      return Promise.resolve({
        ...{ logits, shownLogits: logits.map(depth => depth - withheld), encodeMs: 0, refineMs: 1 },
      });
    };
    const { mask } = await predict(volume, [first], showing.ports);
    expect(countVoxels(mask)).toBeLessThan(countVoxels(whole.mask));
    expect(countVoxels(mask)).toBeGreaterThan(0);
    await predict(volume, [first, include([4, 0, 760])], showing.ports);
    await predict(volume, [first, include([4, 0, 760])], ports);
    expect(showing.engine.requests.at(-1)?.previousLogits).toEqual(engine.requests.at(-1)?.previousLogits);
  });

  test('a click elsewhere opens a region there; what the model did not look at stays', async () => {
    const { volume, engine, ports } = ballServer();
    const [here, there]: [Vector3, Vector3] = [
      [-30, 0, 760],
      [40, 0, 760],
    ];
    const alone = await predict(volume, [include(here)], ports);
    const both = await predict(volume, [include(here), include(there)], ports);
    const last = engine.requests.at(-1);
    expect(last?.points).toHaveLength(1);
    expect(last?.previousLogits).toBeUndefined();
    const other = await predict(volume, [include(there)]);
    expect(countVoxels(both.mask)).toBe(countVoxels(alone.mask) + countVoxels(other.mask));
    expect(voxelAt(both.mask, 15, 25, 20)).toBe(1);
    expect(voxelAt(both.mask, 50, 25, 20)).toBe(1);
  });

  test('excluding alone asks nothing of the model and leaves the mask empty', async () => {
    const { volume, engine, ports } = ballServer();
    const { mask, predictedIou } = await predict(volume, [exclude([0, 0, 760])], ports);
    expect([countVoxels(mask), predictedIou, engine.requests.length]).toEqual([0, 0, 0]);
    await predict(volume, [exclude([0, 0, 760]), include([10, 0, 760])], ports);
    expect(engine.requests[0]?.points.map(point => point.include)).toEqual([false, true]);
  });

  test('comes out the same at once, click by click, and after a restart', async () => {
    const prompts = [include([0, 0, 760]), exclude([4, 0, 760]), include([30, 5, 770]), include([0, 6, 757])];
    const { volume, ports } = ballServer();
    const stepwise: Mask[] = [];
    for (const n of prompts.keys())
      stepwise.push((await predict(volume, prompts.slice(0, n + 1), ports)).mask);
    const atOnce = await predict(volume, prompts);
    expect(atOnce.mask).toEqual(stepwise.at(-1));
    expect(new Set(stepwise.map(countVoxels)).size).toBeGreaterThan(1);
  });

  test('asks the model once for what several want at once', async () => {
    const { volume, engine, ports } = ballServer();
    const prompts = [include([0, 0, 760]), exclude([4, 0, 760])];
    const [both, same] = await Promise.all([
      predict(volume, prompts, ports),
      predict(volume, prompts, ports),
      predict(volume, prompts.slice(0, 1), ports),
    ]);
    expect(engine.requests).toHaveLength(4);
    expect(same.mask).toBe(both.mask);
  });

  test('keeps the last state where it alone is beyond the budget: one more prompt costs one answer', async () => {
    const { volume, engine, ports: roomy } = ballServer();
    const ports = { ...roomy, memo: new PredictionMemo(1000) };
    const prompts = [include([0, 0, 760]), exclude([4, 0, 760]), include([0, 4, 760])];
    const asked: number[] = [];
    for (const count of [1, 2, 3]) {
      await predict(volume, prompts.slice(0, count), ports);
      asked.push(engine.requests.splice(0).length);
    }
    expect(asked).toEqual([3, 1, 1]);
  });

  test('asks anew about images that have come under the UIDs of removed ones', async () => {
    const { volume, engine, ports } = ballServer();
    const others: Volume = { ...volume, values: volume.values.map(value => -value) };
    const prompts = [include([0, 0, 760])];
    await predict(volume, prompts, ports);
    const before = engine.requests.splice(0);
    const volumes = { load: () => Promise.resolve({ volume: others, timings: {} }) };
    await predict(others, prompts, { ...ports, volumes });
    expect(engine.requests).toHaveLength(before.length);
    // What is encoded goes by these keys.
    const keysBefore = before.map(({ regionKey }) => regionKey);
    for (const { regionKey } of engine.requests) expect(keysBefore).not.toContain(regionKey);
  });

  test('stops between its stages when the caller has left', async () => {
    const { volume, engine, ports } = ballServer();
    const controller = new AbortController();
    const input = { series: volume.series, modelId: 'small', prompts: [include([0, 0, 760])] };
    const leaving = predictSegment(input, ports, controller.signal);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: 'cancelled' });
    expect(engine.requests).toHaveLength(0);
  });

  test('refuses a click outside the volume, with the facts', async () => {
    const volume = noiseVolume;
    await expect(predict(volume, [include([-62, 0, 760])])).rejects.toMatchObject({
      code: 'prompt-outside-volume',
      facts: { indexIjk: [-1, 25, 20], shapeIjk: shape },
    });
    await expect(predict(volume, [include([-61, 0, 760])])).resolves.toMatchObject({ predictedIou: 0.9 });
  });

  test('refuses a modality that the model does not serve', async () => {
    const volume: Volume = { ...noiseVolume, modality: 'US' };
    await expect(predict(volume, [include([0, 0, 760])])).rejects.toMatchObject({
      code: 'model-not-for-modality',
      facts: { modality: 'US', modalities: ['CT', 'MR'] },
    });
  });
});
