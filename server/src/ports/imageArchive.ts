import type { BufferPool } from '../domain/bufferPool.ts';
import type { SeriesReference, WholeSeries } from '../domain/seriesReference.ts';

/** Holds the images. Implemented by the folder archive and by the DICOMweb client. */
export interface ImageArchive {
  /**
   * Part 10 files of every instance of a series, in any order.
   * @param buffers where files may be put: whoever gives none back gets new ones
   * @throws Problem series-not-found, archive-unreachable, archive-timeout
   */
  retrieveSeries(
    series: SeriesReference,
    signal: AbortSignal,
    buffers?: BufferPool,
  ): AsyncIterable<Uint8Array>;
  /**
   * How many instances a series holds now, by a question that is quickly answered: 0 also where it may not be seen;
   * undefined where the archive does not say.
   * @throws Problem archive-unreachable, archive-timeout, cancelled
   */
  countInstances(series: WholeSeries, signal: AbortSignal): Promise<number | undefined>;
  /** Resolves when the archive answers; rejects with the Problem that says why not. */
  ping(signal: AbortSignal): Promise<void>;
}
