import { describe, expect, test } from '@jest/globals';
import type { Vector3 } from '../domain/affine.ts';
import { foldOperations } from '../domain/applyOperation.ts';
import { obliqueAffine, syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { Mask } from '../domain/mask.ts';
import type { Operation } from '../domain/segmentation.ts';
import { measureSegments } from './measureSegmentation.ts';
import { snapshotOf } from './snapshotOf.ts';

const SHAPE: Vector3 = [30, 3, 2];
const volume = syntheticVolume(SHAPE, obliqueAffine([0, 0, 0], [1, 1, 1]), (_, [i]) => i);
const SEGMENTS = 20;

function voxel(i: number): Mask {
  return { shapeIjk: SHAPE, box: { minIjk: [i, 0, 0], maxIjk: [i + 1, 1, 1] }, voxels: Uint8Array.of(1) };
}

/** Segment n is the voxel i = n alone. */
const SEGMENTATION = foldOperations(
  { id: 's', series: volume.series, modelId: 'small', createdAt: '2026-01-01T00:00:00.000Z' },
  Array.from({ length: SEGMENTS }, (_, n): Operation => {
    const segmentNumber = n + 1;
    const openedMask = snapshotOf(voxel(segmentNumber), volume);
    return {
      ...{ kind: 'segment-added', segmentNumber, label: 'x', colour: [1, 2, 3], openedMask },
      trackingUID: `2.25.${segmentNumber}`,
    };
  }),
);

describe('measuring a body of many segments', () => {
  test('lets others have their turn between two of them', async () => {
    let turns = 0;
    let turn = setImmediate(function count() {
      turns++;
      turn = setImmediate(count);
    });
    const measured = await measureSegments(SEGMENTATION, volume, new AbortController().signal);
    clearImmediate(turn);
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
