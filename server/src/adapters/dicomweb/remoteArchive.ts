import type { BufferPool } from '../../domain/bufferPool.ts';
import { Problem } from '../../domain/errors.ts';
import type { SeriesReference, WholeSeries } from '../../domain/seriesReference.ts';
import type { ImageArchive } from '../../ports/imageArchive.ts';
import type { SegmentationArchive } from '../../ports/segmentationArchive.ts';
import { countInstances } from './countInstances.ts';
import { ArchiveHttp, discard, type ArchiveHttpOptions } from './archiveHttp.ts';
import { retrieveSeries } from './retrieveSeries.ts';
import { storeInstance } from './storeInstance.ts';

/** A PACS, spoken to in DICOMweb. */
export class RemoteArchive implements ImageArchive, SegmentationArchive {
  readonly #http: ArchiveHttp;

  /** @param archiveUrl DICOMweb root; may hold a user and a password */
  constructor(archiveUrl: string, options: Partial<ArchiveHttpOptions> = {}) {
    this.#http = new ArchiveHttp(archiveUrl, options);
  }

  retrieveSeries(
    series: SeriesReference,
    signal: AbortSignal,
    buffers?: BufferPool,
  ): AsyncIterable<Uint8Array> {
    return retrieveSeries(this.#http, series, signal, buffers);
  }

  countInstances(series: WholeSeries, signal: AbortSignal): Promise<number | undefined> {
    return countInstances(this.#http, series, signal);
  }

  async store(studyInstanceUID: string, part10: Uint8Array, signal: AbortSignal): Promise<void> {
    await storeInstance(this.#http, studyInstanceUID, part10, signal);
  }

  async ping(signal: AbortSignal): Promise<void> {
    const reply = await this.#http.get('/studies?limit=1', 'application/dicom+json', signal);
    await discard(reply);
    if (reply.status >= 300) {
      const facts = { archiveStatus: reply.status };
      throw new Problem(
        'archive-unreachable',
        'What answers is no DICOMweb archive, or asks who we are.',
        facts,
      );
    }
  }
}
