import type { SeriesReference } from '../domain/seriesReference.ts';

/** Holds the images. Implemented by the folder archive and by the DICOMweb client. */
export interface ImageArchive {
  /**
   * Part 10 files of every instance of a series, in any order.
   * @throws Problem series-not-found, archive-unreachable, archive-timeout
   */
  retrieveSeries(series: SeriesReference, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Resolves when the archive answers; rejects with the Problem that says why not. */
  ping(signal: AbortSignal): Promise<void>;
}
