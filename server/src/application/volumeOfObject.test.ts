import { describe, expect, test } from '@jest/globals';
import type { DecodedSegmentation, SegmentationFrame } from '../domain/decodedSegmentation.ts';
import { Problem } from '../domain/errors.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import { obliqueAffine, syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { loadVolumeOfObject } from './volumeOfObject.ts';

const VOLUME = syntheticVolume([2, 2, 2], obliqueAffine([0, 0, 0], [1, 1, 1]), () => 0);
const SERIES: SeriesReference = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
const SOURCE = { sopInstanceUID: '1.4', frameNumber: 7 };
const always = new AbortController().signal;

function objectOf(...sources: readonly (typeof SOURCE | undefined)[]): DecodedSegmentation {
  const frames = sources.map(source => ({ ...(source && { source }) }) as SegmentationFrame);
  return {
    async *frames() {
      yield* await Promise.resolve(frames);
    },
  } as unknown as DecodedSegmentation;
}

/** Of several volumes: one has to be named. */
const several = {
  loadVolume: ({ image }: SeriesReference) =>
    image
      ? Promise.resolve({ volume: VOLUME, timings: {} })
      : Promise.reject(new Problem('unsupported-geometry', 'Name one.')),
};

describe('the volume that a segmentation in the archive is of', () => {
  test('is that of the first image that it names, where the series holds several', async () => {
    const loaded = await loadVolumeOfObject(objectOf(undefined, SOURCE), SERIES, several, always);
    expect(loaded.series).toEqual({ ...SERIES, image: SOURCE });
  });

  test('is the one that the request names, whatever the segmentation says', async () => {
    const series = { ...SERIES, image: { sopInstanceUID: '1.5' } };
    expect((await loadVolumeOfObject(objectOf(SOURCE), series, several, always)).series).toEqual(series);
  });

  test('is not guessed', async () => {
    const loading = loadVolumeOfObject(objectOf(undefined), SERIES, several, always);
    await expect(loading).rejects.toMatchObject({ code: 'unsupported-geometry' });
  });

  test('is not looked for where the series cannot be read', async () => {
    const away = { loadVolume: () => Promise.reject(new Problem('archive-unreachable', 'Later.')) };
    const loading = loadVolumeOfObject(objectOf(SOURCE), SERIES, away, always);
    await expect(loading).rejects.toMatchObject({ code: 'archive-unreachable' });
  });
});
