import { LRUCache } from 'lru-cache';
import type { SeriesLimits } from '../domain/seriesLimits.ts';
import {
  imageKey,
  isSameSeries,
  seriesKey,
  wholeSeriesOf,
  type SeriesReference,
  type WholeSeries,
} from '../domain/seriesReference.ts';
import { imagesOf, type Volume } from '../domain/volume.ts';
import { volumeFingerprintOf } from '../domain/volumeFingerprint.ts';
import { volumeKeyOf } from '../domain/volumeKey.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { SliceDecoder } from '../ports/sliceDecoder.ts';
import { assembleVolume } from './assembleVolume.ts';
import { KeyedMutex } from './keyedMutex.ts';
import { SingleFlight, throwIfCancelled } from './singleFlight.ts';
import { Slots } from './slots.ts';
import type { LoadedVolume } from './workspace.ts';

export interface VolumeSource {
  readonly imageArchive: ImageArchive;
  readonly sliceDecoder: SliceDecoder;
  /** Absent: those that the server has by default. */
  readonly limits?: SeriesLimits;
}

type RemovedScope = Pick<WholeSeries, 'studyInstanceUID'> & Partial<WholeSeries>;

interface CachedVolume {
  /** As it was asked for. */
  readonly series: WholeSeries;
  readonly volume: Volume;
  /** `imageKey` of every image. */
  readonly images: ReadonlySet<string>;
  /** Whether it is the one that is meant where no image is named. */
  isOnly: boolean;
  /** In the series when it was retrieved; undefined where the archive does not say. */
  instanceCount: number | undefined;
  lookedMs: number;
  /** A look that has to be waited for: nobody has looked for long. */
  lookingAfterLong?: Promise<void> | undefined;
}

interface Retrieval {
  readonly series: WholeSeries;
  /** It was removed, or has changed, since it was asked for. */
  isOutdated: boolean;
}

/** Each holds what may be 300 MB (512×512×600), beyond the budget, until its click is answered. */
const MOST_RETRIEVALS = 6;
/** Volumes that it is known of what they showed last: some hundred bytes each. */
const MOST_SHOWN = 10_000;
/** Series grow while a scanner sends them: often enough to notice, seldom enough to cost nothing. */
const LOOK_AGAIN_AFTER_MS = 10_000;
/** Nobody waits for the answer. */
const LOOK_TIMEOUT_MS = 10_000;
/** What was removed or withdrawn longer ago is shown to nobody, not even to the first who asks. */
const UNSEEN_TRUSTED_MS = 60_000;
/** A click waits for the answer. */
const AWAITED_LOOK_TIMEOUT_MS = 2_000;

/**
 * Volumes at hand, least recently used ones dropped beyond a budget of bytes. One entry for each, whichever of its
 * images it is asked for by. While a volume is in use the archive is asked now and then, behind the requests, whether
 * its series has changed or gone; if so it is dropped, and retrieved anew when it is next asked for. Where it was not
 * in use for long, who asks waits for that.
 */
export class VolumeCache {
  readonly #source: VolumeSource;
  readonly #lookAgainAfterMs: number;
  /** By series and fingerprint. */
  readonly #volumes: LRUCache<string, CachedVolume>;
  readonly #flights = new SingleFlight<LoadedVolume>();
  readonly #retrievals = new KeyedMutex();
  readonly #slots = new Slots(MOST_RETRIEVALS);
  readonly #underWay = new Set<Retrieval>();
  /** How often something was forgotten. */
  #removals = 0;
  /** By study, or series: which removal was the last of it. */
  readonly #lastRemoval = new Map<string, number>();
  /** By volume, as its images name it: what it was last seen to show. */
  readonly #lastShown = new LRUCache<string, string>({ max: MOST_SHOWN });

  constructor(source: VolumeSource, maxBytes: number, lookAgainAfterMs = LOOK_AGAIN_AFTER_MS) {
    this.#source = source;
    this.#lookAgainAfterMs = lookAgainAfterMs;
    this.#volumes = new LRUCache({
      maxSize: maxBytes,
      // What is larger than all room takes it alone: without a place every click would retrieve it anew.
      sizeCalculation: ({ volume }) => Math.min(maxBytes, volume.values.byteLength),
    });
  }

  /**
   * Loads a volume once, however many ask; given up when nobody waits any more. The timings are `archive`
   * (waiting for it) and `volume` (decoding, assembling); none when the volume was at hand.
   * @throws Problem series-not-found, archive-unreachable, archive-timeout, unsupported-pixel-data,
   *   unsupported-geometry, series-too-large, cancelled
   */
  async load(series: SeriesReference, signal: AbortSignal): Promise<LoadedVolume> {
    const known = this.#find(series);
    if (known) await this.#look(known);
    return (
      this.#atHand(series) ??
      // Who asks after a removal does not join those who have asked before it.
      this.#flights.join(`${this.#removals}/${seriesKey(series)}`, signal, flightSignal =>
        // One retrieval of a series at a time: what another image is asked for by may be the same volume.
        this.#retrievals.run(seriesKey(wholeSeriesOf(series)), () =>
          this.#slots.run(async () => {
            throwIfCancelled(flightSignal);
            return this.#atHand(series) ?? this.#retrieve(series, flightSignal);
          }),
        ),
      )
    );
  }

  /** Drops what is at hand, or on its way, of a study or a series that is removed. */
  forget({ studyInstanceUID, seriesInstanceUID }: RemovedScope): void {
    const isRemoved = ({ series }: { readonly series: WholeSeries }): boolean =>
      series.studyInstanceUID === studyInstanceUID &&
      (seriesInstanceUID ?? series.seriesInstanceUID) === series.seriesInstanceUID;
    this.#noteRemoval(seriesInstanceUID ?? studyInstanceUID);
    for (const [key, known] of [...this.#volumes.entries()]) if (isRemoved(known)) this.#volumes.delete(key);
    for (const retrieval of this.#underWay) retrieval.isOutdated ||= isRemoved(retrieval);
  }

  /**
   * Another number after images of the series were removed, or found to be other ones under the same UIDs: for what is
   * remembered of a series without a look at its volume.
   */
  imagesState({ studyInstanceUID, seriesInstanceUID }: WholeSeries): number {
    return Math.max(...[studyInstanceUID, seriesInstanceUID].map(uid => this.#lastRemoval.get(uid) ?? 0));
  }

  #noteRemoval(uid: string): void {
    this.#lastRemoval.set(uid, ++this.#removals);
  }

  #atHand(series: SeriesReference): LoadedVolume | undefined {
    const known = this.#find(series);
    return known && { volume: known.volume, timings: {} };
  }

  #find(series: SeriesReference): CachedVolume | undefined {
    const { image } = series;
    for (const [key, known] of this.#volumes.entries()) {
      const isMeant = image ? known.images.has(imageKey(image)) : known.isOnly;
      if (!isMeant || !isSameSeries(known.series, series)) continue;
      this.#volumes.get(key);
      return known;
    }
    return undefined;
  }

  async #retrieve(series: SeriesReference, signal: AbortSignal): Promise<LoadedVolume> {
    const retrieval: Retrieval = { series: wholeSeriesOf(series), isOutdated: false };
    // Before the retrieval: what comes while it lasts is found to be new later on.
    const counted = this.#countInstances(retrieval.series);
    this.#underWay.add(retrieval);
    try {
      const { volume, timings } = await this.#fetch(series, signal);
      if (retrieval.isOutdated) return { volume, timings };
      return { volume: this.#keep(retrieval.series, volume, series.image === undefined, counted), timings };
    } finally {
      this.#underWay.delete(retrieval);
    }
  }

  /** @returns the one that is at hand, where it was known by another image */
  #keep(series: WholeSeries, volume: Volume, isOnly: boolean, counted: Promise<number | undefined>): Volume {
    const key = `${seriesKey(series)}/${volumeFingerprintOf(volume)}`;
    const known = this.#volumes.get(key);
    if (known) {
      known.isOnly ||= isOnly;
      return known.volume;
    }
    const shows = volumeKeyOf(volume);
    if ((this.#lastShown.get(key) ?? shows) !== shows) this.#noteRemoval(series.seriesInstanceUID);
    this.#lastShown.set(key, shows);
    const images = new Set(imagesOf(volume).map(imageKey));
    const entry: CachedVolume = {
      ...{ series, volume, images, isOnly, instanceCount: undefined, lookedMs: performance.now() },
    };
    this.#volumes.set(key, entry);
    void counted.then(count => (entry.instanceCount ??= count));
    return volume;
  }

  /** @returns what has to be waited for, if anything */
  #look(known: CachedVolume): Promise<void> | undefined {
    const unseenMs = performance.now() - known.lookedMs;
    if (unseenMs < this.#lookAgainAfterMs) return known.lookingAfterLong;
    known.lookedMs = performance.now();
    const isAwaited = unseenMs >= UNSEEN_TRUSTED_MS;
    const looking = this.#lookForChange(known, isAwaited ? AWAITED_LOOK_TIMEOUT_MS : LOOK_TIMEOUT_MS);
    if (!isAwaited) return undefined;
    known.lookingAfterLong = looking.finally(() => (known.lookingAfterLong = undefined));
    return known.lookingAfterLong;
  }

  async #lookForChange(known: CachedVolume, timeoutMs: number): Promise<void> {
    const { series } = known;
    const count = await this.#countInstances(series, timeoutMs);
    if (count === undefined) return;
    const { instanceCount = count } = known;
    known.instanceCount = instanceCount;
    if (count === instanceCount) return;
    this.forget(series);
  }

  /** Undefined also where the archive is silent: what is at hand is better than nothing. */
  async #countInstances(series: WholeSeries, timeoutMs = LOOK_TIMEOUT_MS): Promise<number | undefined> {
    const signal = AbortSignal.timeout(timeoutMs);
    return this.#source.imageArchive.countInstances(series, signal).catch(() => undefined);
  }

  async #fetch(series: SeriesReference, signal: AbortSignal): Promise<LoadedVolume> {
    const { imageArchive, sliceDecoder, limits } = this.#source;
    const started = performance.now();
    let archive = 0;
    const timed: Pick<ImageArchive, 'retrieveSeries'> = {
      retrieveSeries: (...wanted) =>
        timedIterable(imageArchive.retrieveSeries(...wanted), ms => (archive += ms)),
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
