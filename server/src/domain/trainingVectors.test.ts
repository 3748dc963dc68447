import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { affineFromColumns, norm, subtract, type Vector3 } from './affine.ts';
import { walkedLogits } from './borderWalk.ts';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { correctedLogits, deepestVoxel } from './correctedLogits.ts';
import { depthInBall } from './fixtures/depthInBall.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { vectors, vectorSchema } from '../../../test/fixtures/trainingVectors.ts';
import { EMPTY_BOX, isEmptyBox, type IndexBox } from './indexBox.ts';
import { surroundedPoints } from './lasso.ts';
import { MASK_CONFIDENCE, type Logits } from './maskFromLogits.ts';
import { normaliseRegion } from './normalisation.ts';
import { refinedLogits } from './refinement.ts';
import { evenStroke } from './stroke.ts';

const normalisation = vectors(
  'normalisation',
  z.object({
    tolerance: z.number(),
    cases: z
      .array(
        z.object({
          title: z.string(),
          edge: z.int(),
          seed: z.int().optional(),
          constant: z.number().optional(),
          valueRange: z.tuple([z.number(), z.number()]).optional(),
          insideBoxKji: z.tuple([
            z.tuple([z.int(), z.int()]),
            z.tuple([z.int(), z.int()]),
            z.tuple([z.int(), z.int()]),
          ]),
          expected: z.array(z.number()),
        }),
      )
      .min(1),
  }),
);

const canonicalAxes = vectors(
  'canonical_axes',
  z.object({
    cases: z
      .array(
        z.object({
          title: z.string(),
          columnsLps: z.tuple([vectorSchema, vectorSchema, vectorSchema]),
          volumeAxes: z.tuple([z.int(), z.int(), z.int()]),
          flipped: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
        }),
      )
      .min(1),
  }),
);

const drawingSchema = z.object({
  title: z.string(),
  points: z.array(vectorSchema),
  expected: z.array(vectorSchema),
});
const drawings = vectors(
  'drawings',
  z.object({
    toleranceMm: z.number(),
    strokes: z.array(drawingSchema).min(1),
    lassos: z.array(drawingSchema).min(1),
  }),
);

function expectPoints(found: readonly Vector3[], expected: readonly Vector3[]): void {
  expect(found).toHaveLength(expected.length);
  const apart = found.map((point, n) => norm(subtract(point, expected[n] ?? [NaN, NaN, NaN])));
  expect(Math.max(0, ...apart)).toBeLessThanOrEqual(drawings.toleranceMm);
}

const correction = vectors(
  'correction',
  z.object({
    cases: z
      .array(
        z.object({
          title: z.string(),
          edge: z.int(),
          ball: z.object({ centreIjk: vectorSchema, radius: z.number() }),
          points: z.array(z.object({ indexIjk: vectorSchema, include: z.boolean() })).min(1),
          included: z.array(z.int()),
          excluded: z.array(z.int()),
          deepestIjk: vectorSchema.nullable(),
        }),
      )
      .min(1),
  }),
);

const refinement = vectors(
  'refinement',
  z.object({
    tolerance: z.number(),
    cases: z
      .array(
        z.object({
          title: z.string(),
          edge: z.int(),
          seeds: z.object({ logits: z.int(), image: z.array(z.int()).min(1) }),
          scales: z.object({ logits: z.number(), image: z.number() }),
          points: z.array(z.object({ indexIjk: vectorSchema, include: z.boolean() })).min(1),
          settings: z.object({ steps: z.int(), priorWeight: z.number(), contrast: z.number() }),
          expected: z.array(z.number()),
        }),
      )
      .min(1),
  }),
);

const ballSchema = z.object({ centreIjk: vectorSchema, radius: z.number() });
const borderWalk = vectors(
  'border_walk',
  z.object({
    tolerance: z.number(),
    cases: z
      .array(
        z.object({
          title: z.string(),
          edge: z.int(),
          found: ballSchema,
          shown: ballSchema,
          seeds: z.object({ logits: z.int(), image: z.int() }),
          scales: z.object({ logits: z.number(), image: z.number() }),
          points: z.array(z.object({ indexIjk: vectorSchema, include: z.boolean() })),
          settings: z.object({
            ...{ reachVoxels: z.int(), contrast: z.number(), priorChance: z.number(), sweeps: z.int() },
            ...{ overRelaxation: z.number(), leastAgreement: z.number() },
          }),
          expected: z.array(z.number()),
        }),
      )
      .min(1),
  }),
);

/** Distance into a ball, in voxels, over a cube in k-j-i order. */
/** The generator of the vector files. */
function cubeOf(edge: number, seed: number | undefined, constant: number | undefined): Float32Array {
  if (seed === undefined) return new Float32Array(edge ** 3).fill(constant ?? NaN);
  let state = BigInt(seed);
  return Float32Array.from({ length: edge ** 3 }, () => {
    state = (1664525n * state + 1013904223n) % 2n ** 32n;
    return (Number(state >> 16n) % 2000) - 1000;
  });
}

describe('shared with the training code', () => {
  test.each(normalisation.cases)(
    'normalisation: $title',
    ({ edge, seed, constant, insideBoxKji, valueRange, expected }) => {
      const [k, j, i] = insideBoxKji;
      const box: IndexBox = { minIjk: [i[0], j[0], k[0]], maxIjk: [i[1], j[1], k[1]] };
      const image = normaliseRegion(
        {
          shapeIjk: [edge, edge, edge],
          values: cubeOf(edge, seed, constant),
          insideBox: isEmptyBox(box) ? EMPTY_BOX : box,
        },
        SMALL_MODEL.normalisation.channels,
        valueRange,
      );
      expect(image).toHaveLength(expected.length);
      const worst = expected.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (image[at] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThanOrEqual(normalisation.tolerance);
    },
  );

  test.each(refinement.cases)('refinement: $title', ({ edge, seeds, scales, points, settings, expected }) => {
    const scaled = (seed: number, scale: number): number[] =>
      Array.from(cubeOf(edge, seed, undefined), value => value * scale);
    const refined = refinedLogits(
      {
        logits: Float32Array.from(scaled(seeds.logits, scales.logits)),
        image: Float32Array.from(seeds.image.flatMap(seed => scaled(seed, scales.image))),
        shapeKji: [edge, edge, edge],
        points,
      },
      settings,
    );
    expect(refined).toHaveLength(expected.length);
    const worst = expected.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (refined[at] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(refinement.tolerance);
  });

  test.each(borderWalk.cases)(
    'border walk: $title',
    ({ edge, found, shown, seeds, scales, points, settings, expected }) => {
      const [foundDepth, shownDepth] = [depthInBall(edge, found), depthInBall(edge, shown)];
      const noise = cubeOf(edge, seeds.logits, undefined).map(value => value * scales.logits);
      const imageNoise = cubeOf(edge, seeds.image, undefined).map(value => value * scales.image);
      const walked = walkedLogits(
        {
          logits: noise.map((value, n) => value + 2 * (foundDepth[n] ?? NaN)),
          image: imageNoise.map((value, n) => value + ((shownDepth[n] ?? NaN) > 0 ? 0.5 : -0.5)),
          shapeKji: [edge, edge, edge],
          points,
        },
        { ...settings, modalities: ['CT'], channel: 0 },
      );
      expect(walked).toHaveLength(expected.length);
      const apart = expected.map((value, at) => Math.abs(value - (walked[at] ?? NaN)));
      expect(Math.max(...apart)).toBeLessThanOrEqual(borderWalk.tolerance);
    },
  );

  test.each(correction.cases)(
    'correction: $title',
    ({ edge, ball, points, included, excluded, deepestIjk }) => {
      const logits: Logits = {
        shapeIjk: [edge, edge, edge],
        values: Float32Array.from(depthInBall(edge, ball)),
      };
      const corrected = correctedLogits(logits, points);
      const changed = [...corrected.values.keys()].filter(n => corrected.values[n] !== logits.values[n]);
      expect(changed.filter(n => corrected.values[n] === MASK_CONFIDENCE)).toEqual(included);
      expect(changed.filter(n => corrected.values[n] === -MASK_CONFIDENCE)).toEqual(excluded);
      expect(deepestVoxel(corrected) ?? null).toEqual(deepestIjk);
    },
  );

  test.each(canonicalAxes.cases)('axes: $title', ({ columnsLps, volumeAxes, flipped }) => {
    const [i, j, k] = columnsLps;
    const ijkToLps = affineFromColumns(i, j, k, [0, 0, 0]);
    const frame = canonicalFrameOf({ shapeIjk: [2, 3, 4], ijkToLps, frameOfReferenceUID: '1' });
    expect(frame.map(axis => axis.volumeAxis)).toEqual(volumeAxes);
    expect(frame.map(axis => axis.flipped)).toEqual(flipped);
  });

  test.each(drawings.strokes)('stroke: $title', ({ points, expected }) => {
    expectPoints(evenStroke(points), expected);
  });

  test.each(drawings.lassos)('lasso: $title', ({ points, expected }) => {
    expectPoints(surroundedPoints(points), expected);
  });
});
