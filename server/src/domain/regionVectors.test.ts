import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { affineFromColumns, type Vector3 } from './affine.ts';
import { canonicalFrameOf } from './canonicalFrame.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { vectors, vectorSchema } from '../../../test/fixtures/trainingVectors.ts';
import type { ModelManifest } from './modelManifest.ts';
import { regionShapeIjk } from './regionOfInterest.ts';
import { regionsOfRest } from './regionsOfRest.ts';
import { fittedRegion, lookRegions } from './zoom.ts';

const regionSchema = z.object({ spacingMm: z.number(), cornerIjk: vectorSchema });
const zoom = vectors(
  'zoom',
  z.object({
    cases: z
      .array(
        z.object({
          title: z.string(),
          extentMm: vectorSchema,
          voxelMm: vectorSchema,
          clickMm: vectorSchema,
          looks: z.array(regionSchema).min(1),
          found: z.object({ look: z.int(), low: vectorSchema, high: vectorSchema }).optional(),
          fitted: regionSchema.optional(),
        }),
      )
      .min(1),
    rests: z
      .array(
        z.object({
          ...{ title: z.string(), seen: regionSchema, pointsMm: z.array(vectorSchema) },
          regions: z.array(vectorSchema),
        }),
      )
      .min(1),
  }),
);

describe('regions, as in training', () => {
  const model: ModelManifest = {
    ...SMALL_MODEL,
    region: {
      shapeKji: [64, 64, 64],
      spacingsMm: [4.5, 3.2, 2.25, 1.6, 1.125, 0.8],
      latticeVoxels: 8,
    },
    zoom: { looks: 3, levelsBetweenLooks: 2, widerLookPenalty: 0.04, fitFactor: 1.5, borderVoxels: 4 },
  };

  test.each(zoom.rests)('rest of a drawing: $title', ({ seen, pointsMm, regions }) => {
    const region = { ...seen, shapeIjk: regionShapeIjk(model) };
    const found = regionsOfRest(model, region, pointsMm, 3);
    expect(found).toEqual(regions.map(cornerIjk => ({ ...region, cornerIjk })));
  });

  test.each(zoom.cases)('zoom: $title', ({ extentMm, voxelMm, clickMm, looks, found, fitted }) => {
    const [x, y, z] = voxelMm;
    const frame = canonicalFrameOf({
      shapeIjk: [extentMm[0] / x, extentMm[1] / y, extentMm[2] / z],
      ijkToLps: affineFromColumns([x, 0, 0], [0, y, 0], [0, 0, z], [0, 0, 0]),
      frameOfReferenceUID: '1',
    });
    const taken = lookRegions(model, frame, clickMm);
    expect(taken).toEqual(looks.map(look => expect.objectContaining(look)));
    if (!found || !fitted) return;
    const look = taken[found.look];
    if (!look) throw new Error('the vector names a look that is not there');
    const { low, high } = found;
    const behind: Vector3 = [high[0] + 1, high[1] + 1, high[2] + 1];
    expect(fittedRegion(model, look, { minIjk: low, maxIjk: behind }, clickMm)).toMatchObject(fitted);
  });
});
