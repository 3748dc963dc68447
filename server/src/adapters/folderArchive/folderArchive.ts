import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import type { SeriesReference, WholeSeries } from '../../domain/seriesReference.ts';
import type {
  ArchiveQuery,
  ArchiveScope,
  DicomWebArchive,
  FrameSet,
  InstanceReference,
  PixelData,
  StoreOutcome,
} from '../../ports/dicomWebArchive.ts';
import type { ImageArchive } from '../../ports/imageArchive.ts';
import type { SegmentationArchive } from '../../ports/segmentationArchive.ts';
import type { SqlDatabase } from '../../ports/sqlDatabase.ts';
import { ArchiveFolder } from './archiveFolder.ts';
import { ArchiveIndex } from './archiveIndex.ts';
import { InstanceFiles } from './instanceFiles.ts';
import { BULK_DATA_FOLDER, DUPLICATE_SOP_INSTANCE } from './instanceRecord.ts';
import { InstanceStore } from './instanceStore.ts';
import { openFile, withFile } from './openFile.ts';
import { readAhead } from './readAhead.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import { search } from './search.ts';

/** Files of a series that are read before they are asked for; more does not help libuv's four threads. */
const FILES_AHEAD = 6;
/** Metadata texts taken from the index at once: some megabytes for images, and never a whole study. */
const METADATA_BATCH = 64;

/**
 * The embedded archive: Part 10 files in a folder and an index of them in the database. A process that dies at any
 * moment leaves every instance whole or absent; the index is made from the files when it is missing or differs.
 */
export class FolderArchive implements DicomWebArchive, ImageArchive, SegmentationArchive {
  readonly #store: InstanceStore;
  readonly #files: InstanceFiles;

  private constructor(
    private readonly folder: ArchiveFolder,
    private readonly index: ArchiveIndex,
    /** What opening found to put right. */
    readonly reconciliation: Reconciliation,
    private readonly onRemoved: (scope: ArchiveScope) => void,
  ) {
    this.#store = new InstanceStore(folder, index);
    this.#files = new InstanceFiles(folder);
  }

  /**
   * One process at a time may have a folder open; the caller's lock on the database sees to that.
   * @param onRemoved told what the archive holds no more: nothing made of it may be shown from then on
   */
  static async open(
    root: string,
    database: SqlDatabase,
    onRemoved: (scope: ArchiveScope) => void = () => undefined,
  ): Promise<FolderArchive> {
    const folder = new ArchiveFolder(root);
    await folder.prepare();
    const index = new ArchiveIndex(database);
    await index.prepare();
    return new FolderArchive(folder, index, await reconcile(folder, index), onRemoved);
  }

  async ping(): Promise<void> {
    await this.index.database.query('SELECT 1');
  }

  search(query: ArchiveQuery): Promise<readonly DicomJsonDataset[]> {
    return search(this.index.database, query);
  }

  async instances(scope: ArchiveScope): Promise<readonly InstanceReference[]> {
    const instances = await this.index.instances(scope);
    if (instances.length === 0) throw new Problem('not-found', 'The archive does not hold it.', { ...scope });
    return instances;
  }

  async *metadata(scope: ArchiveScope, rootUri: string): AsyncGenerator<string, void, undefined> {
    const instances = await this.instances(scope);
    for (let start = 0; start < instances.length; start += METADATA_BATCH) {
      const batch = instances.slice(start, start + METADATA_BATCH);
      const texts = await this.index.metadata(batch.map(instance => instance.sopInstanceUID));
      for (const instance of batch) {
        const text = texts.get(instance.sopInstanceUID);
        // Quotes inside values are escaped, so that the pattern cannot occur in one.
        if (text !== undefined) {
          yield text.replaceAll(
            `"BulkDataURI":"${BULK_DATA_FOLDER}`,
            `"BulkDataURI":"${instanceUri(rootUri, instance)}/${BULK_DATA_FOLDER}`,
          );
        }
      }
    }
  }

  async *read(instance: InstanceReference): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await openFile(this.folder.pathOf(instance));
    const chunks: AsyncIterable<Uint8Array> = file.createReadStream({ highWaterMark: 256 * 1024 });
    yield* chunks;
  }

  frames(instance: InstanceReference, frameNumbers?: readonly number[]): Promise<FrameSet> {
    return this.#files.frames(instance, frameNumbers);
  }

  frameFile(instance: InstanceReference, frameNumber: number): Promise<Uint8Array> {
    return this.#files.frameFile(instance, frameNumber);
  }

  bulkData(instance: InstanceReference, path: readonly string[]): Promise<Uint8Array> {
    return this.#files.bulkData(instance, path);
  }

  pixelData(instance: InstanceReference, tag: string): Promise<PixelData> {
    return this.#files.pixelData(instance, tag);
  }

  async *retrieveSeries(
    series: SeriesReference,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const instances = await this.index.instances(series);
    if (instances.length === 0) {
      throw new Problem('series-not-found', 'Import the series first, or check its UIDs.', { ...series });
    }
    yield* readAhead(instances, FILES_AHEAD, instance => {
      signal.throwIfAborted();
      return withFile(this.folder.pathOf(instance), file => file.readFile({ signal }));
    });
  }

  countInstances(series: WholeSeries): Promise<number> {
    return this.index.countInstances(series);
  }

  async *storeInstances(
    objects: AsyncIterable<AsyncIterable<Uint8Array>>,
    studyInstanceUID: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StoreOutcome, void, undefined> {
    try {
      for await (const object of objects) yield await this.#store.store(object, studyInstanceUID, signal);
    } finally {
      // Also when the sender stops in the middle: what is in its place belongs into the index.
      await this.#store.flush();
    }
  }

  async store(studyInstanceUID: string, part10: Uint8Array, signal: AbortSignal): Promise<void> {
    const outcome = await this.#store.store(one(part10), studyInstanceUID, signal);
    await this.#store.flush();
    if (outcome.kind === 'stored' || outcome.failureReason === DUPLICATE_SOP_INSTANCE) return;
    const { failureReason, detail } = outcome;
    throw new Problem('archive-rejected', detail, { failureReason });
  }

  async remove(scope: ArchiveScope): Promise<void> {
    const found = await this.#store.remove(scope);
    this.#files.forget();
    if (!found) throw new Problem('not-found', 'The archive does not hold it.', { ...scope });
    this.onRemoved(scope);
  }
}

function instanceUri(rootUri: string, instance: InstanceReference): string {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = instance;
  return `${rootUri}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  await Promise.resolve();
  yield bytes;
}
