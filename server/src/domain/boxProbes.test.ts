import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { norm, subtract } from './affine.ts';
import { boxProbes, trustInBox } from './boxProbes.ts';
import { depthInBall } from './fixtures/depthInBall.ts';

const SETTINGS = {
  ...{ offset: 0.2, mostUnreached: 0.15, unreachedWeight: 0.3, slack: 0.05 },
  ...{ fillWeight: 0.7, unprobedBonus: 0.1 },
};

const vectorSchema = z.tuple([z.number(), z.number(), z.number()]);
const faces = { low: vectorSchema, high: vectorSchema, sliceAxis: z.literal([0, 1, 2]).optional() };
// What the evaluation code computes for the same input.
const vectors = z
  .object({
    tolerance: z.number(),
    trustTolerance: z.number(),
    probes: z
      .array(
        z.object({ title: z.string(), offset: z.number(), ...faces, expected: z.array(vectorSchema).min(1) }),
      )
      .min(1),
    trust: z
      .array(
        z.object({
          ...{ title: z.string(), edge: z.int(), ...faces, isProbed: z.boolean() },
          ball: z.object({ centreIjk: vectorSchema, radius: z.number() }),
          ...{ expectedIou: z.number(), expected: z.number().nullable() },
        }),
      )
      .min(1),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../models/tests/vectors/box_probes.json', import.meta.url), 'utf8'),
    ),
  );

test.each(vectors.probes)('places: $title', ({ offset, low, high, sliceAxis, expected }) => {
  const found = boxProbes({ ...SETTINGS, offset }, { low, high, sliceAxis });
  expect(found).toHaveLength(expected.length);
  for (const [n, probe] of found.entries()) {
    expect(norm(subtract(probe, expected[n] ?? [NaN, NaN, NaN]))).toBeLessThanOrEqual(vectors.tolerance);
  }
});

test.each(vectors.trust)('trust: $title', ({ edge, ball, expectedIou, isProbed, expected, ...box }) => {
  const logits = {
    shapeIjk: [edge, edge, edge] as const,
    values: Float32Array.from(depthInBall(edge, ball)),
  };
  const found = trustInBox(SETTINGS, logits, expectedIou, isProbed, box);
  if (expected === null) expect(found).toBe(-Infinity);
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(vectors.trustTolerance);
});
