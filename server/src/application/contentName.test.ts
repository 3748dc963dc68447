import { expect, test } from '@jest/globals';
import { atOnce } from '../domain/atOnce.ts';
import { foldOperations } from '../domain/applyOperation.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import type { Mask } from '../domain/mask.ts';
import type { Operation, Segmentation } from '../domain/segmentation.ts';
import { PLAIN_BINARY } from '../domain/segmentationFormat.ts';
import { namedUidsUnder } from '../domain/uid.ts';
import { uidsOfSave } from './encodeSegmentationObject.ts';
import { noiseVolume } from './fixtures/ballPrediction.ts';
import { snapshotOf } from './snapshotOf.ts';

/** The same two operations on one segmentation, but for what came of the second. */
function segmentationWith(i: number, label = 'Ball'): Segmentation {
  const { geometry, series } = noiseVolume;
  const mask: Mask = {
    shapeIjk: geometry.shapeIjk,
    ...{ box: { minIjk: [i, 0, 0], maxIjk: [i + 1, 1, 1] }, voxels: Uint8Array.of(1) },
  };
  const operations: readonly Operation[] = [
    { kind: 'segment-added', segmentNumber: 1, label, colour: [1, 2, 3], trackingUID: '2.25.1' },
    {
      ...{ kind: 'step-added', segmentNumber: 1 },
      step: {
        ...{ kind: 'prompt', promptId: 'a', predictedIou: 1, mask: atOnce(snapshotOf(mask, noiseVolume)) },
        prompt: { kind: 'point', pointLps: [0, 0, 0], polarity: 'include' },
      },
    },
  ];
  return foldOperations(
    { id: 's', series, modelId: 'small', createdAt: '2026-01-01T00:00:00.000Z' },
    operations,
  );
}

test('a save has the UIDs of its content: those of the same again, and others for another mask of the same version', async () => {
  const output = { segmentationFormat: PLAIN_BINARY, namedUid: namedUidsUnder(undefined) };
  const [first, same, otherMask, otherLabel] = await Promise.all(
    [segmentationWith(1), segmentationWith(1), segmentationWith(2), segmentationWith(1, 'Liver')].map(
      segmentation => uidsOfSave(segmentation, SMALL_MODEL, output),
    ),
  );
  expect(same).toEqual(first);
  const uids = [first, otherMask, otherLabel].flatMap(of => Object.values(of ?? {}));
  expect(new Set(uids).size).toBe(9);
});
