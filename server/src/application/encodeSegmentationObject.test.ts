import { describe, expect, test } from '@jest/globals';
import { atOnce } from '../domain/atOnce.ts';
import type { Vector3 } from '../domain/affine.ts';
import { obliqueAffine, syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { foldOperations } from '../domain/applyOperation.ts';
import type { Operation } from '../domain/segmentation.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import type { Mask } from '../domain/mask.ts';
import type { SegmentationFormat, SegmentationWish } from '../domain/segmentationFormat.ts';
import { newUid } from '../domain/uid.ts';
import type { SegmentationEncoder } from '../ports/segmentationEncoder.ts';
import { encodePrediction, encodeSegmentation } from './encodeSegmentationObject.ts';
import { snapshotOf } from './snapshotOf.ts';

const SHAPE: Vector3 = [4, 3, 2];
const volume = syntheticVolume(SHAPE, obliqueAffine([0, 0, 0], [1, 1, 1]), () => 0);
const LABELMAP: SegmentationFormat = { segmentationType: 'LABELMAP', compression: 'rle', frames: 'all' };

function voxel(i: number): Mask {
  return { shapeIjk: SHAPE, box: { minIjk: [i, 0, 0], maxIjk: [i + 1, 1, 1] }, voxels: Uint8Array.of(1) };
}

/** The format that the encoder is given. */
function formatGiven(masks: readonly Mask[], wish: SegmentationWish = {}): SegmentationFormat | undefined {
  let given: SegmentationFormat | undefined;
  const segmentationEncoder = {
    encode: ({ format }: { format: SegmentationFormat }) => {
      given = format;
      return new Uint8Array();
    },
  };
  const segments = masks.map((mask, index) => ({
    ...{ label: 'x', colour: [1, 2, 3] as const, trackingUID: `2.25.${index}`, mask },
  }));
  encodePrediction(segments, volume, SMALL_MODEL, {
    ...{ segmentationEncoder, segmentationFormat: LABELMAP, newUid, wish },
  });
  return given;
}

describe('where the archive prefers LABELMAP', () => {
  test('segments apart from each other are written so', () => {
    expect(formatGiven([voxel(0), voxel(1)])).toEqual(LABELMAP);
  });

  test('segments that overlap are written as BINARY, so that the save does not fail', () => {
    expect(formatGiven([voxel(0), voxel(1), voxel(0)])).toEqual({
      ...{ segmentationType: 'BINARY', compression: 'none', frames: 'all' },
    });
  });

  test('a caller who asks for it gets it, or the refusal of the encoder', () => {
    expect(formatGiven([voxel(0), voxel(0)], { segmentationType: 'LABELMAP' })).toEqual(LABELMAP);
    expect(formatGiven([voxel(0), voxel(0)], { compression: 'rle' })).toEqual(LABELMAP);
  });

  test('a caller who asks for BINARY gets it', () => {
    expect(formatGiven([voxel(0)], { segmentationType: 'BINARY' })).toMatchObject({
      ...{ segmentationType: 'BINARY', compression: 'none' },
    });
  });
});

test('a segment whose first answer was adapted says so, one that was not does not', () => {
  const start = {
    ...{ id: 's', series: volume.series, modelId: 'small' },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  const prompt = { kind: 'point', pointLps: [0, 0, 0], polarity: 'include' } as const;
  const adaptation = { adaptationId: 'a', revision: 4, label: 'x', caseCount: 3, gain: 1, weights: [] };
  const segmentation = foldOperations(
    start,
    [1, 2].flatMap((segmentNumber): Operation[] => [
      {
        ...{ kind: 'segment-added', segmentNumber, label: 'x', colour: [1, 2, 3] },
        trackingUID: `2.25.${segmentNumber}`,
      },
      {
        ...{ kind: 'step-added', segmentNumber },
        step: {
          ...{ kind: 'prompt', promptId: `${segmentNumber}`, prompt, predictedIou: 1 },
          mask: atOnce(snapshotOf(voxel(segmentNumber), volume)),
          ...(segmentNumber === 1 && { adaptation }),
        },
      },
    ]),
  );
  let given: readonly (string | undefined)[] = [];
  const segmentationEncoder: SegmentationEncoder = {
    encode: ({ segments }) => {
      given = segments.map(({ algorithmParameters }) => algorithmParameters);
      return new Uint8Array();
    },
  };
  encodeSegmentation(segmentation, volume, SMALL_MODEL, {
    ...{ segmentationEncoder, segmentationFormat: LABELMAP, newUid },
  });
  expect(given).toEqual(['online adaptation a, revision 4, accepted cases 3', undefined]);
});
