import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { vectors, vectorSchema } from '../../../test/fixtures/trainingVectors.ts';
import type { Vector3 } from './affine.ts';
import { cropMask, type Mask } from './mask.ts';
import { unlikenessOf } from './unlikeness.ts';

const EDGE = 64;
const SHAPE: Vector3 = [EDGE, EDGE, EDGE];
const ballSchema = z.object({ centreIjk: vectorSchema, radius: z.number() });
const { tolerance, cases } = vectors(
  'unlikeness',
  z.object({
    tolerance: z.number(),
    cases: z.array(
      z.object({
        ...{ title: z.string(), spread: z.number(), clickedIjk: vectorSchema, expected: z.number() },
        ...{ nodule: ballSchema.extend({ brighter: z.number() }), found: ballSchema },
      }),
    ),
  }),
);
type Case = (typeof cases)[number];

function eachVoxel(tell: (at: number, ijk: Vector3) => void): void {
  let at = 0;
  for (let k = 0; k < EDGE; k++)
    for (let j = 0; j < EDGE; j++) for (let i = 0; i < EDGE; i++) tell(at++, [i, j, k]);
}

function isIn({ centreIjk, radius }: Case['found'], ijk: Vector3): boolean {
  return ijk.reduce((sum, index, axis) => sum + (index - centreIjk[axis]!) ** 2, 0) <= radius ** 2;
}

function imageOf({ spread, nodule }: Case): Float32Array {
  const image = new Float32Array(EDGE ** 3);
  eachVoxel((at, [i, j, k]) => {
    const tissue = (spread * ((7 * i + 13 * j + 29 * k) % 101)) / 100;
    image[at] = tissue + (isIn(nodule, [i, j, k]) ? nodule.brighter : 0);
  });
  return image;
}

function ball(found: Case['found']): Mask {
  const voxels = new Uint8Array(EDGE ** 3);
  eachVoxel((at, ijk) => (voxels[at] = isIn(found, ijk) ? 1 : 0));
  return cropMask({ shapeIjk: SHAPE, box: { minIjk: [0, 0, 0], maxIjk: SHAPE }, voxels });
}

test.each(cases)('what was clicked against what was found: $title', one => {
  const found = unlikenessOf(imageOf(one), SHAPE, ball(one.found), one.clickedIjk);
  expect(Math.abs(found - one.expected)).toBeLessThanOrEqual(tolerance);
});

test('a mask on a coarser grid than the image is looked at in its place', () => {
  const [one] = cases;
  const coarse: Mask = {
    shapeIjk: [EDGE / 2, EDGE / 2, EDGE / 2],
    box: { minIjk: [8, 8, 8], maxIjk: [24, 24, 24] },
    voxels: new Uint8Array(16 ** 3).fill(1),
  };
  expect(unlikenessOf(imageOf(one!), SHAPE, coarse, one!.clickedIjk)).toBeGreaterThan(15);
});
