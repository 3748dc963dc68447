import { describe, expect, jest, test } from '@jest/globals';
import { Problem } from '../domain/errors.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { Volume } from '../domain/volume.ts';
import { volumeFingerprintOf } from '../domain/volumeFingerprint.ts';
import { volumeSource } from './fixtures/volumeSource.ts';
import { VolumeCache, type VolumeSource } from './volumeCache.ts';
import type { LoadedVolume } from './workspace.ts';

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

  test('keeps a volume beyond its budget while it is the one in use: a click asks for it more than once', async () => {
    const { source, retrieve } = watchedSource();
    const cache = new VolumeCache(source, 0.5 * bytes);
    const first = await cache.load(volume.series, always);
    expect((await cache.load(volume.series, always)).volume).toBe(first.volume);
    expect(retrieve).toHaveBeenCalledTimes(1);
    const other = { ...volume.series, seriesInstanceUID: '1.2.3.8' };
    for (const series of [other, volume.series]) await cache.load(series, always);
    expect(retrieve).toHaveBeenCalledTimes(3);
  });

  test('fetches a few series at a time: many readers who come at once do not fill the memory', async () => {
    const { source } = watchedSource();
    const retrieveSeries = source.imageArchive.retrieveSeries.bind(source.imageArchive);
    let open = 0;
    let most = 0;
    source.imageArchive.retrieveSeries = async function* (...wanted) {
      most = Math.max(most, ++open);
      await new Promise(resolve => setTimeout(resolve, 5));
      yield* retrieveSeries(...wanted);
      open--;
    };
    const cache = new VolumeCache(source, 100 * bytes);
    const all = Array.from({ length: 20 }, (_, index) =>
      cache.load({ ...volume.series, seriesInstanceUID: `1.2.3.${index + 1}` }, always),
    );
    expect(await Promise.all(all)).toHaveLength(20);
    expect([most, open]).toEqual([6, 0]);
  });

  test('gives the place of a retrieval that failed, or that nobody waits for, to the next', async () => {
    const { source } = watchedSource();
    const retrieveSeries = source.imageArchive.retrieveSeries.bind(source.imageArchive);
    const seriesOf = (index: number): Volume['series'] => ({
      ...volume.series,
      seriesInstanceUID: `1.2.3.${index}`,
    });
    source.imageArchive.retrieveSeries = async function* (series, ...wanted) {
      await new Promise(resolve => setTimeout(resolve, 5));
      if (series.seriesInstanceUID.endsWith('0')) throw new Problem('archive-unreachable', 'away');
      yield* retrieveSeries(series, ...wanted);
    };
    const cache = new VolumeCache(source, 100 * bytes);
    const failing = Array.from({ length: 6 }, (_, index) => cache.load(seriesOf(10 * (index + 1)), always));
    const leaver = new AbortController();
    const left = cache.load(seriesOf(1), leaver.signal);
    const last = cache.load(seriesOf(2), always);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    for (const { status } of await Promise.allSettled(failing)) expect(status).toBe('rejected');
    expect((await last).volume.geometry).toEqual(volume.geometry);
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

  test('keeps a volume once, whichever of its images it is asked for by', async () => {
    const { source, retrieve } = watchedSource();
    const cache = new VolumeCache(source, 10 * bytes);
    const by = (k: number): Promise<LoadedVolume> =>
      cache.load(
        { ...volume.series, image: { sopInstanceUID: volume.slices[k]?.sopInstanceUID ?? '' } },
        always,
      );
    const loaded = await Promise.all([by(0), by(3), by(1)]);
    loaded.push(await by(2));
    expect(retrieve).toHaveBeenCalledTimes(1);
    // What is meant where no image is named, only the whole series tells; it is the same one here.
    loaded.push(await cache.load(volume.series, always));
    expect(retrieve).toHaveBeenCalledTimes(2);
    loaded.push(await cache.load(volume.series, always), await by(2));
    expect(retrieve).toHaveBeenCalledTimes(2);
    expect(new Set(loaded.map(({ volume: one }) => one)).size).toBe(1);
    await expect(
      cache.load({ ...volume.series, image: { sopInstanceUID: '1.9' } }, always),
    ).rejects.toMatchObject({ code: 'unsupported-geometry' });
  });

  test('retrieves a series anew that has grown, and asks for that behind the requests', async () => {
    const grown = withOneSliceMore();
    const { source, retrieve } = watchedSource();
    const count = jest.spyOn(source.imageArchive, 'countInstances');
    const cache = new VolumeCache(source, 10 * bytes, 0);
    const first = await cache.load(volume.series, always);
    await cache.load(volume.series, always);
    await settled();
    expect(retrieve).toHaveBeenCalledTimes(1);
    const { imageArchive, sliceDecoder } = volumeSource(grown);
    count.mockImplementation((...asked) => imageArchive.countInstances(...asked));
    retrieve.mockImplementation((...asked) => imageArchive.retrieveSeries(...asked));
    source.sliceDecoder.slicesOf = part10 => sliceDecoder.slicesOf(part10);
    // Who asks is not kept waiting; the next one is answered from what the series holds now.
    expect((await cache.load(volume.series, always)).volume).toBe(first.volume);
    await settled();
    const next = await cache.load(volume.series, always);
    expect(next.volume.slices).toHaveLength(5);
    expect(volumeFingerprintOf(next.volume)).not.toBe(volumeFingerprintOf(first.volume));
    expect(retrieve).toHaveBeenCalledTimes(2);
    expect(count).toHaveBeenCalledTimes(4);
  });

  test('shows nothing of a series that the archive holds no more, however long nobody has asked', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const { source, retrieve } = watchedSource();
      const count = jest.spyOn(source.imageArchive, 'countInstances');
      const cache = new VolumeCache(source, 10 * bytes);
      await cache.load(volume.series, always);
      jest.advanceTimersByTime(3_600_000);
      await cache.load(volume.series, always);
      expect(retrieve).toHaveBeenCalledTimes(1);
      count.mockResolvedValue(0);
      retrieve.mockImplementation(() => {
        throw new Problem('series-not-found', 'Import the series first.');
      });
      jest.advanceTimersByTime(3_600_000);
      const asked = [cache.load(volume.series, always), cache.load(volume.series, always)];
      for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'series-not-found' });
    } finally {
      jest.useRealTimers();
    }
  });

  test('tells that images were removed, or are other ones under the same UIDs', async () => {
    const { source } = watchedSource();
    const cache = new VolumeCache(source, 10 * bytes);
    const other = { ...volume.series, seriesInstanceUID: '1.2.3.8' };
    const states = (): readonly number[] => [volume.series, other].map(series => cache.imagesState(series));
    await cache.load(volume.series, always);
    expect(states()).toEqual([0, 0]);
    cache.forget(volume.series);
    const [removed, untouched] = states();
    expect(removed).not.toBe(0);
    expect(untouched).toBe(0);
    await cache.load(volume.series, always);
    expect(states()).toEqual([removed, 0]);
    // An archive that replaces images tells nobody.
    const replaced = volumeSource({ ...volume, values: volume.values.map(value => value + 1) });
    const full = new VolumeCache({ ...source, imageArchive: source.imageArchive }, 1);
    await full.load(volume.series, always);
    await full.load(other, always);
    source.imageArchive.retrieveSeries = replaced.imageArchive.retrieveSeries.bind(replaced.imageArchive);
    source.sliceDecoder.slicesOf = replaced.sliceDecoder.slicesOf.bind(replaced.sliceDecoder);
    await full.load(volume.series, always);
    expect(full.imagesState(volume.series)).not.toBe(0);
  });

  test('lets a series go that has been removed, by study or by itself, and no other', async () => {
    const { source, retrieve } = watchedSource();
    const cache = new VolumeCache(source, 10 * bytes);
    const { studyInstanceUID, seriesInstanceUID } = volume.series;
    await cache.load(volume.series, always);
    cache.forget({ studyInstanceUID: '1.9' });
    cache.forget({ studyInstanceUID, seriesInstanceUID: '1.9' });
    await cache.load(volume.series, always);
    expect(retrieve).toHaveBeenCalledTimes(1);
    for (const removed of [{ studyInstanceUID }, { studyInstanceUID, seriesInstanceUID }]) {
      cache.forget(removed);
      await cache.load(volume.series, always);
    }
    expect(retrieve).toHaveBeenCalledTimes(3);
  });

  test('hands what was under way when it was removed to those who had asked, and to nobody after them', async () => {
    const { source, retrieve } = watchedSource();
    const { imageArchive } = volumeSource(volume);
    let goOn = (): void => undefined;
    const underWay = new Promise<void>(resolve => {
      retrieve.mockImplementationOnce(async function* (...wanted) {
        resolve();
        await new Promise<void>(free => (goOn = free));
        yield* imageArchive.retrieveSeries(...wanted);
      });
    });
    const cache = new VolumeCache(source, 10 * bytes);
    const before = cache.load(volume.series, always);
    await underWay;
    cache.forget({ studyInstanceUID: '1.9' });
    cache.forget({ studyInstanceUID: volume.series.studyInstanceUID });
    const after = cache.load(volume.series, always);
    goOn();
    expect((await after).volume).not.toBe((await before).volume);
    expect((await cache.load(volume.series, always)).volume).toBe((await after).volume);
    expect(retrieve).toHaveBeenCalledTimes(2);
  });

  test('asks seldom, and keeps what it has while the archive is silent', async () => {
    const { source, retrieve } = watchedSource();
    const count = jest.spyOn(source.imageArchive, 'countInstances');
    const patient = new VolumeCache(source, 10 * bytes);
    for (let n = 0; n < 5; n++) await patient.load(volume.series, always);
    expect(count).toHaveBeenCalledTimes(1);
    const cache = new VolumeCache(source, 10 * bytes, 0);
    await cache.load(volume.series, always);
    count.mockRejectedValue(new Problem('archive-unreachable', 'Check the network.'));
    for (let n = 0; n < 3; n++) {
      await cache.load(volume.series, always);
      await settled();
    }
    expect(retrieve).toHaveBeenCalledTimes(2);
  });
});

function withOneSliceMore(): Volume {
  return syntheticVolume([6, 5, 5], volume.geometry.ijkToLps, (_, [i, j, k]) => i + 10 * j + 100 * k);
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
