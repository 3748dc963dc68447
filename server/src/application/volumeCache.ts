import { LRUCache } from 'lru-cache';
import type { SeriesLimits } from '../domain/seriesLimits.ts';
import { seriesKey, type SeriesReference } from '../domain/seriesReference.ts';
import type { Volume } from '../domain/volume.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { SliceDecoder } from '../ports/sliceDecoder.ts';
import { assembleVolume } from './assembleVolume.ts';
import { SingleFlight } from './singleFlight.ts';
import type { LoadedVolume } from './workspace.ts';

export interface VolumeSource {
  readonly imageArchive: ImageArchive;
  readonly sliceDecoder: SliceDecoder;
  /** Absent: those that the server has by default. */
  readonly limits?: SeriesLimits;
}

/** Volumes at hand, least recently used ones dropped beyond a budget of bytes. */
export class VolumeCache {
  readonly #source: VolumeSource;
  readonly #volumes: LRUCache<string, Volume>;
  readonly #flights = new SingleFlight<LoadedVolume>();

  constructor(source: VolumeSource, maxBytes: number) {
    this.#source = source;
    this.#volumes = new LRUCache({ maxSize: maxBytes, sizeCalculation: volume => volume.values.byteLength });
  }

  /**
   * Loads a series once, however many ask; given up when nobody waits any more. The timings are `archive`
   * (waiting for it) and `volume` (decoding, assembling); none when the volume was at hand.
   * @throws Problem series-not-found, archive-unreachable, archive-timeout, unsupported-pixel-data,
   *   unsupported-geometry, series-too-large, cancelled
   */
  async load(series: SeriesReference, signal: AbortSignal): Promise<LoadedVolume> {
    const key = seriesKey(series);
    const volume = this.#volumes.get(key);
    if (volume) return { volume, timings: {} };
    return this.#flights.join(key, signal, async flightSignal => {
      const loaded = await this.#fetch(series, flightSignal);
      this.#volumes.set(key, loaded.volume);
      return loaded;
    });
  }

  async #fetch(series: SeriesReference, signal: AbortSignal): Promise<LoadedVolume> {
    const { imageArchive, sliceDecoder, limits } = this.#source;
    const started = performance.now();
    let archive = 0;
    const timed: Pick<ImageArchive, 'retrieveSeries'> = {
      retrieveSeries: (wanted, wantedSignal) =>
        timedIterable(imageArchive.retrieveSeries(wanted, wantedSignal), ms => (archive += ms)),
    };
    const volume = await assembleVolume(series, { imageArchive: timed, sliceDecoder }, signal, limits);
    return { volume, timings: { archive, volume: performance.now() - started - archive } };
  }
}

/** Tells how long each next item was waited for. */
async function* timedIterable<Item>(
  items: AsyncIterable<Item>,
  onWaited: (ms: number) => void,
): AsyncIterable<Item> {
  let asked = performance.now();
  for await (const item of items) {
    onWaited(performance.now() - asked);
    yield item;
    asked = performance.now();
  }
  onWaited(performance.now() - asked);
}
