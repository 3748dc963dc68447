import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Vector3 } from '../affine.ts';
import { atOnce } from '../atOnce.ts';
import { attend, comparedOf } from './attention.ts';
import { blurredCells, evenlyChosen, withinSteps } from './cells.ts';
import { describedCells } from './describedCells.ts';
import { findPlace, normalisedShape, usualPlace } from './findPlace.ts';
import { fittedSpacingMm, wideSpacingMm } from './fittedSpacing.ts';
import { LIKENESS } from './likenessSettings.ts';
import { shiftedCells } from './propagate.ts';
import { fittedReadOut, readFeatures } from './readOut.ts';

// Computed by the method's Python, which reads the same file in its own tests.

const triple = z.tuple([z.number(), z.number(), z.number()]);
const numbers = z.array(z.number());
const vectors = z
  .object({
    spacings: z.array(z.object({ sideMm: z.number(), voxelMm: z.number(), spacingMm: z.number() })),
    wide: z.array(z.object({ extentMm: z.number(), spacingMm: z.number(), wideMm: z.number().nullable() })),
    described: z.object({
      levels: z.array(
        z.object({ name: z.string(), channels: z.number(), grid: z.number(), seed: z.number() }),
      ),
      cells: z.array(triple),
      rows: z.array(numbers),
    }),
    within: z.object({ shapeKji: triple, cells: numbers, steps: z.number(), reached: numbers }),
    chosen: z.array(z.object({ count: z.number(), of: z.number(), chosen: numbers })),
    blurred: z.array(z.object({ seed: z.number(), shapeKji: triple, radius: z.number(), values: numbers })),
    shifted: z.object({
      ...{ seed: z.number(), shapeKji: triple, shiftKji: triple, shiftedShapeKji: triple, values: numbers },
    }),
    readOut: z.object({
      ...{ rows: z.number(), channels: z.number(), seed: z.number(), targets: z.array(numbers) },
      ...{ ridge: z.number(), asked: z.object({ rows: z.number(), seed: z.number() }) },
      read: z.array(numbers),
    }),
    attention: z.object({
      ...{ tokens: z.number(), cells: z.number(), seeds: z.record(z.string(), z.number()), values: numbers },
    }),
    place: z.object({
      ...{ seed: z.number(), shapeKji: triple, outsideFromI: z.number(), spacingMm: z.number() },
      ...{ cornerKji: triple, shapeSeed: z.number(), shapeSide: z.number() },
      cases: z.array(
        z.object({
          ...{ expectedMmKji: triple, spreadMmKji: triple, likelyStep: z.number(), placeMmKji: triple },
        }),
      ),
    }),
    usual: z.object({
      known: z.array(z.object({ extentMmKji: triple, placeMmKji: triple })),
      ...{ extentMmKji: triple, placeMmKji: triple, spreadMmKji: triple },
    }),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../../models/tests/vectors/in_context.json', import.meta.url), 'utf8'),
    ),
  );

const MODEL = {
  region: {
    shapeKji: [64, 64, 64],
    spacingsMm: [4.5, 3.2, 2.25, 1.6, 1.125, 0.8],
    latticeVoxels: 8,
  },
} as const;
const DIGITS = 3;

function generated(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (((state >>> 16) % 2000) - 1000) / 500;
  });
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  Array.from(found).forEach((value, n) => expect(value).toBeCloseTo(expected[n]!, DIGITS));
}

function ijk([k, j, i]: Vector3): Vector3 {
  return [i, j, k];
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

describe('the arithmetic of likeness is the one that its settings were chosen with', () => {
  test.each(vectors.spacings)('a structure of $sideMm mm is looked at at $spacingMm mm', vector => {
    const found = fittedSpacingMm(MODEL, vector.sideMm, vector.voxelMm, LIKENESS);
    expect(found).toBeCloseTo(vector.spacingMm, 9);
  });

  test.each(vectors.wide)('a volume of $extentMm mm is searched at $wideMm mm', vector => {
    expect(wideSpacingMm(MODEL, vector.extentMm, vector.spacingMm) ?? null).toBe(vector.wideMm);
  });

  test('cells are described by all levels of the encoder', () => {
    const { levels, cells, rows } = vectors.described;
    const byName = levels.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const given = byName.map(({ channels, grid, seed }) => ({
      ...{ channels, shapeKji: [grid, grid, grid] as const, values: generated(seed, channels * grid ** 3) },
    }));
    const chosen = Int32Array.from(cells, ([k, j, i]) => (k * 32 + j) * 32 + i);
    expectClose(describedCells(given, [32, 32, 32], chosen).rows, rows.flat());
  });

  test('cells within some steps of a structure, and every m-th of a set', () => {
    const { shapeKji, cells, steps, reached } = vectors.within;
    const set = new Uint8Array(count(shapeKji));
    for (const at of cells) set[at] = 1;
    const within = withinSteps(set, ijk(shapeKji), steps);
    expect([...within.keys()].filter(at => within[at] === 1)).toEqual(reached);
    for (const one of vectors.chosen) {
      expect([...evenlyChosen(new Uint8Array(one.of).fill(1), one.count)]).toEqual(one.chosen);
    }
  });

  test.each(vectors.blurred)('a blur of radius $radius', ({ seed, shapeKji, radius, values }) => {
    expectClose(blurredCells(generated(seed, count(shapeKji)), ijk(shapeKji), radius), values);
  });

  test('masks put at another place', () => {
    const { seed, shapeKji, shiftKji, shiftedShapeKji, values } = vectors.shifted;
    const cells = generated(seed, count(shapeKji));
    expectClose(shiftedCells(cells, ijk(shapeKji), ijk(shiftKji), ijk(shiftedShapeKji)), values);
  });

  test('the read-out', () => {
    const { rows, channels, seed, targets, ridge, asked, read } = vectors.readOut;
    const features = { channels, rows: generated(seed, rows * channels) };
    const readOut = atOnce(fittedReadOut(features, Float32Array.from(targets.flat()), 3, ridge));
    const found = readFeatures(readOut, { channels, rows: generated(asked.seed, asked.rows * channels) });
    expectClose(found, read.flat());
  });

  test('attention', () => {
    const { tokens, cells, seeds, values } = vectors.attention;
    const places = (seed: number, rows: number): Float32Array =>
      generated(seed, rows * 3).map(one => one / 10);
    const compared = (kind: string, rows: number): ReturnType<typeof comparedOf> =>
      comparedOf(places(seeds[`${kind}Places`]!, rows), generated(seeds[`${kind}Read`]!, rows * 3), LIKENESS);
    const shares = generated(seeds['shares']!, tokens).map(one => Math.abs(one) / 2);
    expectClose(attend(compared('cell', cells), compared('token', tokens), shares, 0, cells), values);
  });

  test('the most likely place', () => {
    const { seed, shapeKji, outsideFromI, spacingMm, cornerKji, shapeSeed, shapeSide, cases } = vectors.place;
    const inside = Uint8Array.from({ length: count(shapeKji) }, (_, at) =>
      at % shapeKji[2] < outsideFromI ? 1 : 0,
    );
    const values = generated(seed, inside.length).map((one, at) => Math.abs(one) * inside[at]!);
    const shape = { side: shapeSide, values: normalisedShape(generated(shapeSeed, shapeSide ** 3)) };
    const foretold = { spacingMm, cornerIjk: ijk(cornerKji), shapeIjk: ijk(shapeKji), values, inside };
    for (const { expectedMmKji, spreadMmKji, likelyStep, placeMmKji } of cases) {
      const expected = { placeMm: ijk(expectedMmKji), spreadMm: ijk(spreadMmKji) };
      expectClose(atOnce(findPlace(foretold, shape, expected, likelyStep)), ijk(placeMmKji));
    }
  });

  test('the usual place and its spread', () => {
    const { known, extentMmKji, placeMmKji, spreadMmKji } = vectors.usual;
    const places = known.map(one => ({ placeMm: ijk(one.placeMmKji), extentMm: ijk(one.extentMmKji) }));
    const { placeMm, spreadMm } = usualPlace(places, ijk(extentMmKji), LIKENESS.usualSpread);
    expectClose(placeMm, ijk(placeMmKji));
    expectClose(spreadMm, ijk(spreadMmKji));
  });
});
