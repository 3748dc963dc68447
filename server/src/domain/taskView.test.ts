import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { agreementOf } from './agreement.ts';
import type { Mask } from './mask.ts';
import type { RegionSamples } from './resample.ts';
import { AS_IT_IS, COPIES, viewedPlan, viewedSamples, viewedWindows } from './taskView.ts';

const PLAN = { spacingMm: 2, cubeVoxels: 16, overlap: 0.5 };

const triple = z.tuple([z.number(), z.number(), z.number()]);
const range = z.tuple([z.int(), z.int()]);
const vectors = z
  .object({
    copies: z.array(z.object({ gamma: z.number(), zoom: z.number(), shift: z.number() })),
    contrasts: z
      .array(
        z.object({
          ...{ title: z.string(), seed: z.int(), shapeKji: triple, gamma: z.number(), stride: z.int() },
          ...{ insideKji: z.tuple([range, range, range]), values: z.array(z.number()).min(1) },
        }),
      )
      .min(1),
    windows: z
      .array(
        z.object({
          ...{ shapeKji: triple, cube: z.int(), overlap: z.number(), shift: z.number() },
          cornersIjk: z.array(triple),
        }),
      )
      .min(1),
    agreements: z
      .array(
        z.object({
          ...{ title: z.string(), shapeKji: triple, classes: z.int() },
          ...{ answers: z.array(z.array(z.int())), dice: z.array(z.number().nullable()) },
        }),
      )
      .min(1),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../models/tests/vectors/task_views.json', import.meta.url), 'utf8'),
    ),
  );

/** As normalisation.json says. */
function generated(seed: number, count: number): Float32Array {
  let state = BigInt(seed);
  return Float32Array.from({ length: count }, () => {
    state = (1664525n * state + 1013904223n) % 2n ** 32n;
    return (Number(state >> 16n) % 2000) - 1000;
  });
}

describe('the arithmetic of training and evaluation', () => {
  test('has the same copies', () => {
    expect(COPIES).toEqual(vectors.copies);
  });

  test.each(vectors.contrasts)('gives the same contrast: $title', vector => {
    const [slices, rows, columns] = vector.shapeKji;
    const [k, j, i] = vector.insideKji;
    const samples: RegionSamples = {
      shapeIjk: [columns, rows, slices],
      values: generated(vector.seed, slices * rows * columns),
      insideBox: { minIjk: [i[0], j[0], k[0]], maxIjk: [i[1], j[1], k[1]] },
    };
    const { values } = viewedSamples(samples, { ...AS_IT_IS, gamma: vector.gamma });
    vector.values.forEach((value, n) => expect(values[n * vector.stride]).toBeCloseTo(value, 2));
  });

  test.each(vectors.windows)('puts windows at the same places: $shapeKji, $shift', vector => {
    const { shapeKji, cube: cubeVoxels, overlap, shift, cornersIjk } = vector;
    const [slices, rows, columns] = shapeKji;
    const plan = { spacingMm: 2, cubeVoxels, overlap };
    expect(viewedWindows([columns, rows, slices], plan, { ...AS_IT_IS, shift })).toEqual(cornersIjk);
  });

  test.each(vectors.agreements)('finds the same agreement: $title', vector => {
    const [slices, rows, columns] = vector.shapeKji;
    const shapeIjk = [columns, rows, slices] as const;
    const labels = Array.from({ length: vector.classes }, (_, n) => `class ${n + 1}`);
    const maskOf = (answer: readonly number[], value: number): Mask => ({
      ...{ shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk } },
      voxels: Uint8Array.from(answer, each => Number(each === value)),
    });
    const answers = vector.answers.map(answer => labels.map((_, n) => maskOf(answer, n + 1)));
    const { perClass } = agreementOf('copies', labels, answers);
    expect(perClass.map(({ dice }) => dice)).toEqual(
      vector.dice.map(dice => (dice === null ? null : expect.closeTo(dice, 12))),
    );
  });
});

describe('the windows of a copy', () => {
  test('lie as always where nothing is shifted', () => {
    expect(viewedWindows([16, 10, 24], PLAN, AS_IT_IS)).toEqual([
      [0, -3, 0],
      [0, -3, 8],
    ]);
  });

  test.each(COPIES)('see every voxel of the level: %j', view => {
    const shape = [16, 10, 25] as const;
    const corners = viewedWindows(shape, PLAN, view);
    for (const axis of [0, 1, 2] as const) {
      for (let at = 0; at < shape[axis]; at++) {
        expect(corners.some(corner => corner[axis] <= at && at < corner[axis] + PLAN.cubeVoxels)).toBe(true);
      }
    }
  });

  test('lie elsewhere in a shifted copy, and have larger voxels in a smaller one', () => {
    const asAlways = viewedWindows([40, 40, 40], PLAN, AS_IT_IS);
    for (const shift of [1 / 8, -1 / 8]) {
      expect(viewedWindows([40, 40, 40], PLAN, { ...AS_IT_IS, shift })).not.toEqual(asAlways);
    }
    expect(viewedPlan(PLAN, { ...AS_IT_IS, zoom: 1.5 })).toEqual({ ...PLAN, spacingMm: 3 });
  });
});

describe('the contrast of a copy', () => {
  const samples: RegionSamples = {
    shapeIjk: [101, 1, 1],
    values: Float32Array.from({ length: 101 }, (_, n) => n),
    insideBox: { minIjk: [0, 0, 0], maxIjk: [101, 1, 1] },
  };

  test('changes between the 1st and the 99th percentile along a curve that rises', () => {
    // Every third of 0 … 99: percentiles 0.99 and 98.01.
    const { values } = viewedSamples(samples, { ...AS_IT_IS, gamma: 2 });
    expect(values[0]).toBeCloseTo(0.99, 4);
    expect(values[50]).toBeCloseTo(0.99 + 97.02 * ((50 - 0.99) / 97.02) ** 2, 3);
    for (let n = 2; n < 100; n++) expect(values[n]).toBeGreaterThan(values[n - 1]!);
  });

  test('stays where nothing is to be changed, and where the window lies beyond the volume', () => {
    expect(viewedSamples(samples, AS_IT_IS)).toBe(samples);
    const beyond = { ...samples, insideBox: { minIjk: [0, 0, 0], maxIjk: [0, 0, 0] } } as const;
    expect(viewedSamples(beyond, { ...AS_IT_IS, gamma: 2 })).toBe(beyond);
  });
});
