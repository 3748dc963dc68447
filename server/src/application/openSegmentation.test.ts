import { describe, expect, test } from '@jest/globals';
import type { DecodedSegmentation } from '../domain/decodedSegmentation.ts';
import { Problem } from '../domain/errors.ts';
import { retrieveObject } from './openSegmentation.ts';
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
