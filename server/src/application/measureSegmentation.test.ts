import { describe, expect, test } from '@jest/globals';
import { atOnce } from '../domain/atOnce.ts';
import type { Vector3 } from '../domain/affine.ts';
import { foldOperations } from '../domain/applyOperation.ts';
import { obliqueAffine, syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { Mask } from '../domain/mask.ts';
import type { MaskSnapshot, Operation } from '../domain/segmentation.ts';
import { measureSegments } from './measureSegmentation.ts';
import { turnsOf } from './fixtures/turnsOf.ts';
import { snapshotOf } from './snapshotOf.ts';

const SHAPE: Vector3 = [30, 3, 2];
const volume = syntheticVolume(SHAPE, obliqueAffine([0, 0, 0], [1, 1, 1]), (_, [i]) => i);
const SEGMENTS = 20;

function voxel(i: number): Mask {
  return { shapeIjk: SHAPE, box: { minIjk: [i, 0, 0], maxIjk: [i + 1, 1, 1] }, voxels: Uint8Array.of(1) };
}

const NEW = { id: 's', series: volume.series, modelId: 'small', createdAt: '2026-01-01T00:00:00.000Z' };

function opened(segmentNumber: number, openedMask: MaskSnapshot): Operation {
  return {
    ...{ kind: 'segment-added', segmentNumber, label: 'x', colour: [1, 2, 3], openedMask },
    trackingUID: `2.25.${segmentNumber}`,
  };
}

/** Segment n is the voxel i = n alone. */
const SEGMENTATION = foldOperations(
  NEW,
  Array.from({ length: SEGMENTS }, (_, n) => opened(n + 1, atOnce(snapshotOf(voxel(n + 1), volume)))),
);

test('measuring one segment that is a whole body lets others have their turn, too', async () => {
  const shape: Vector3 = [512, 512, 60];
  const geometry = { ...volume.geometry, shapeIjk: shape };
  const slices = Array.from({ length: shape[2] }, (_, k) => ({
    ...{ sopClassUID: '1.2', sopInstanceUID: `1.2.${k}` },
  }));
  const length = shape[0] * shape[1] * shape[2];
  const large = { ...volume, geometry, slices, values: new Int16Array(length).fill(7) };
  const body: Mask = {
    ...{ shapeIjk: shape, box: { minIjk: [0, 0, 0], maxIjk: shape } },
    voxels: new Uint8Array(length).fill(1),
  };
  const segmentation = foldOperations(NEW, [opened(1, atOnce(snapshotOf(body, large)))]);
  const { turns, result } = await turnsOf(() =>
    measureSegments(segmentation, large, new AbortController().signal),
  );
  expect(result[0]?.measurements).toMatchObject({ voxelCount: length, values: { mean: 7 } });
  // A quarter of the slices, or fewer, at a time, for what is counted, for diameters and twice for values.
  expect(turns).toBeGreaterThanOrEqual(16);
});

describe('measuring a body of many segments', () => {
  test('lets others have their turn between two of them', async () => {
    const { turns, result: measured } = await turnsOf(() =>
      measureSegments(SEGMENTATION, volume, new AbortController().signal),
    );
    expect(
      measured.map(({ segment, measurements }) => [segment.segmentNumber, measurements.values.mean]),
    ).toEqual(Array.from({ length: SEGMENTS }, (_, n) => [n + 1, n + 1]));
    expect(turns).toBeGreaterThanOrEqual(SEGMENTS - 1);
  });

  test('ends when nobody waits for it', async () => {
    const leaving = new AbortController();
    const measuring = measureSegments(SEGMENTATION, volume, leaving.signal);
    leaving.abort();
    await expect(measuring).rejects.toMatchObject({ code: 'cancelled' });
  });
});
