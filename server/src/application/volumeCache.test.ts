import { describe, expect, jest, test } from '@jest/globals';
import { Problem } from '../domain/errors.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { volumeSource } from './fixtures/volumeSource.ts';
import { VolumeCache, type VolumeSource } from './volumeCache.ts';

const always = new AbortController().signal;
const volume = syntheticVolume(
  [6, 5, 4],
  [1, 0, 0, -20, 0, 2, 0, 10, 0, 0, 3, 300, 0, 0, 0, 1],
  (_, [i, j, k]) => i + 10 * j + 100 * k,
);
const bytes = volume.values.length * 2;

function watchedSource(): {
  source: VolumeSource;
  retrieve: jest.SpiedFunction<VolumeSource['imageArchive']['retrieveSeries']>;
} {
  const source = volumeSource(volume);
  return { source, retrieve: jest.spyOn(source.imageArchive, 'retrieveSeries') };
}

describe('volume cache', () => {
  test('loads a series once, and tells what that took', async () => {
    const { source, retrieve } = watchedSource();
    const cache = new VolumeCache(source, 10 * bytes);
    const [first, same] = await Promise.all([
      cache.load(volume.series, always),
      cache.load(volume.series, always),
    ]);
    expect([...first.volume.values]).toEqual([...volume.values]);
    expect(first.volume.geometry).toEqual(volume.geometry);
    expect(Object.keys(first.timings)).toEqual(['archive', 'volume']);
    expect(same.volume).toBe(first.volume);
    const later = await cache.load(volume.series, always);
    expect(later.volume).toBe(first.volume);
    expect(later.timings).toEqual({});
    expect(retrieve).toHaveBeenCalledTimes(1);
  });

  test('drops the least recently used beyond its budget', async () => {
    const { source, retrieve } = watchedSource();
    const cache = new VolumeCache(source, 1.5 * bytes);
    const other = { ...volume.series, seriesInstanceUID: '1.2.3.8' };
    for (const series of [volume.series, other, volume.series]) await cache.load(series, always);
    expect(retrieve).toHaveBeenCalledTimes(3);
  });

  test('stops fetching when nobody waits any more, not before', async () => {
    const { source } = watchedSource();
    let archiveSignal: AbortSignal | undefined;
    let arrive: (() => void) | undefined;
    source.imageArchive.retrieveSeries = async function* (_, signal) {
      archiveSignal = signal;
      await new Promise<void>(resolve => (arrive = resolve));
      yield Uint8Array.of(0);
    };
    const cache = new VolumeCache(source, bytes);
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [cache.load(volume.series, one.signal), cache.load(volume.series, two.signal)];
    one.abort();
    await expect(waiting[0]).rejects.toMatchObject({ code: 'cancelled' });
    expect(archiveSignal?.aborted).toBe(false);
    two.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: 'cancelled' });
    expect(archiveSignal?.aborted).toBe(true);
    arrive?.();
  });

  test('keeps nothing of a series that failed', async () => {
    const { source, retrieve } = watchedSource();
    retrieve.mockImplementationOnce(() => {
      throw new Problem('archive-unreachable', 'Check the network.');
    });
    const cache = new VolumeCache(source, bytes);
    await expect(cache.load(volume.series, always)).rejects.toMatchObject({ code: 'archive-unreachable' });
    await expect(cache.load(volume.series, always)).resolves.toMatchObject({ volume: { modality: 'CT' } });
  });
});
