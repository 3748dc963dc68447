import { describe, expect, test } from '@jest/globals';
import type { DecodedSegmentation } from '../domain/decodedSegmentation.ts';
import { Problem } from '../domain/errors.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { codesOfLabel } from '../domain/segmentDescription.ts';
import type { Operation } from '../domain/segmentation.ts';
import { newUid } from '../domain/uid.ts';
import { noiseVolume } from './fixtures/ballPrediction.ts';
import { turnsOf } from './fixtures/turnsOf.ts';
import { openSegmentation, retrieveObject } from './openSegmentation.ts';
import type { Workspace } from './workspace.ts';

const always = new AbortController().signal;
const SERIES = '1.2.8';
/** Byte of the object that nobody can read. */
const UNREADABLE = 9;

function decoded(sopInstanceUID: string): DecodedSegmentation {
  return {
    ...{ sopInstanceUID, frameOfReferenceUID: '1.2.3', rows: 1, columns: 1 },
    ...{ segments: [], backgroundLabels: new Set([0]), warnings: [] },
    async *frames() {},
  };
}

/** A series of objects, each a byte that is the end of its UID. */
function holding(...objects: readonly number[]): Pick<Workspace, 'imageArchive' | 'segmentationDecoder'> {
  return {
    imageArchive: {
      async *retrieveSeries() {
        await Promise.resolve();
        for (const object of objects) yield Uint8Array.of(object);
      },
      countInstances: () => Promise.resolve(objects.length),
    },
    segmentationDecoder: {
      decode: ([object]) =>
        object === UNREADABLE
          ? Promise.reject(new Problem('unsupported-segmentation', 'Only some types are read.'))
          : Promise.resolve(decoded(`1.2.8.${object}`)),
    },
  };
}

describe('an object of a series', () => {
  const find = (n: number, workspace: ReturnType<typeof holding>): Promise<DecodedSegmentation> =>
    retrieveObject('1.2', { seriesInstanceUID: SERIES, sopInstanceUID: `1.2.8.${n}` }, workspace, always);

  test('is found behind others, also where one of them cannot be read', async () => {
    expect((await find(2, holding(1, UNREADABLE, 2))).sopInstanceUID).toBe('1.2.8.2');
  });

  test('that is not there is not found; what cannot be read may have been it', async () => {
    await expect(find(3, holding(1, 2))).rejects.toMatchObject({ code: 'not-found' });
    await expect(find(3, holding(1, UNREADABLE))).rejects.toMatchObject({ code: 'unsupported-segmentation' });
  });
});

test('opening an object of many segments lets others have their turn between two of them', async () => {
  const SEGMENTS = 20;
  const { geometry, series } = noiseVolume;
  const { rows, columns } = { rows: geometry.shapeIjk[1], columns: geometry.shapeIjk[0] };
  const [columnI, rowI, , x, columnJ, rowJ, , y, columnK, rowK, , z] = geometry.ijkToLps;
  const plane = {
    originLps: [x, y, z] as const,
    columnStepLps: [columnI, columnJ, columnK] as const,
    rowStepLps: [rowI, rowJ, rowK] as const,
  };
  const object: DecodedSegmentation = {
    ...decoded('1.2.8.1'),
    ...{ rows, columns, frameOfReferenceUID: geometry.frameOfReferenceUID },
    segments: Array.from({ length: SEGMENTS }, (_, n) => ({
      ...{ segmentNumber: n + 1, label: `Segment ${n + 1}` },
      description: { codes: codesOfLabel('Liver'), trackingID: 'Segment', algorithm: { type: 'MANUAL' } },
    })),
    async *frames() {
      await Promise.resolve();
      for (let frameNumber = 1; frameNumber <= SEGMENTS; frameNumber++) {
        yield { frameNumber, plane, labels: new Uint8Array(rows * columns).fill(frameNumber) };
      }
    },
  };
  let kept: readonly Operation[] = [];
  const workspace = {
    ...holding(1),
    segmentationDecoder: { decode: () => Promise.resolve(object) },
    zoo: { get: () => SMALL_MODEL },
    loadVolume: () => Promise.resolve({ volume: noiseVolume, timings: {} }),
    store: {
      create: (_: unknown, operations: readonly Operation[]) => {
        kept = operations;
        return Promise.resolve();
      },
    },
    newUid,
  } as unknown as Workspace;
  const request = {
    series,
    modelId: 'small',
    object: { seriesInstanceUID: SERIES, sopInstanceUID: '1.2.8.1' },
  };
  const { turns, result } = await turnsOf(() => openSegmentation(request, workspace, always));
  expect(result.segmentation.segments.map(({ openedMask }) => openedMask?.voxelCount)).toEqual(
    Array.from({ length: SEGMENTS }, () => rows * columns),
  );
  expect(kept).toHaveLength(SEGMENTS + 1);
  // For its voxels, and for what is kept of it.
  expect(turns).toBeGreaterThanOrEqual(2 * SEGMENTS - 1);
});
