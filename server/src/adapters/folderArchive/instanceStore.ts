import { rm, stat } from 'node:fs/promises';
import type { ArchiveScope, StoreOutcome } from '../../ports/dicomWebArchive.ts';
import { fileSource } from '../../formats/byteSource.ts';
import { syncFolder, type ArchiveFolder } from './archiveFolder.ts';
import type { ArchiveIndex, IndexedInstance } from './archiveIndex.ts';
import { withFile } from './openFile.ts';
import { receiveObject, sameDataSets, type ReceivedObject } from './instanceReceiver.ts';
import { DATA_SET_MISMATCH, DUPLICATE_SOP_INSTANCE, RejectedObjectError } from './instanceRecord.ts';
import { readPart10 } from '../../formats/part10.ts';

/** Instances placed before the index is told of them in one commit. */
const BATCH_SIZE = 64;

/**
 * Puts instances into the archive and takes them out. One change at a time; a file is in its place before the index
 * knows it, and leaves the index after its place, so that the index can always be put right from the files.
 */
export class InstanceStore {
  /** In place, not yet in the index; by SOPInstanceUID. */
  readonly #placed = new Map<string, IndexedInstance>();
  readonly #unsyncedFolders = new Set<string>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: ArchiveFolder,
    private readonly index: ArchiveIndex,
  ) {}

  /** Durable and found by searches after `flush`. Rejects only when the body or the disk fails. */
  async store(
    body: AsyncIterable<Uint8Array>,
    studyInstanceUID: string | undefined,
    signal: AbortSignal,
  ): Promise<StoreOutcome> {
    const path = this.folder.newIncomingPath();
    try {
      const received = await receiveObject(body, path, signal);
      const { record } = received;
      if (studyInstanceUID !== undefined && record.studyInstanceUID !== studyInstanceUID) {
        throw new RejectedObjectError(DATA_SET_MISMATCH, 'The object belongs to another study.', record);
      }
      await this.#exclusively(() => this.#place(path, received));
      const { sopClassUID, sopInstanceUID, seriesInstanceUID, transferSyntaxUID, byteSize } = record;
      const instance = { sopClassUID, sopInstanceUID, seriesInstanceUID, transferSyntaxUID, byteSize };
      return { kind: 'stored', instance: { ...instance, studyInstanceUID: record.studyInstanceUID } };
    } catch (error) {
      if (!(error instanceof RejectedObjectError)) throw error;
      const { sopClassUID, sopInstanceUID } = error.facts;
      return {
        kind: 'failed',
        ...(sopClassUID !== undefined && { sopClassUID }),
        ...(sopInstanceUID !== undefined && { sopInstanceUID }),
        failureReason: error.failureReason,
        detail: error.message,
      };
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Makes everything stored so far durable and known to the index. */
  flush(): Promise<void> {
    return this.#exclusively(() => this.#flush());
  }

  /** False when there was nothing to remove. */
  remove(scope: ArchiveScope): Promise<boolean> {
    return this.#exclusively(async () => {
      await this.#flush();
      const instances = await this.index.instances(scope);
      if (instances.length === 0) return false;
      await this.folder.remove(scope);
      await this.index.remove(instances.map(instance => instance.sopInstanceUID));
      return true;
    });
  }

  async #place(incomingPath: string, { record, dataSetOffset }: ReceivedObject): Promise<void> {
    const { sopInstanceUID } = record;
    const known = this.#placed.get(sopInstanceUID)?.record ?? (await this.index.find(sopInstanceUID));
    if (known) {
      const knownPath = this.folder.pathOf(known);
      const knownOffset = await withFile(knownPath, async (file, size) => {
        return (await readPart10(fileSource(file, size))).dataSetOffset;
      });
      const same =
        known.transferSyntaxUID === record.transferSyntaxUID &&
        (await sameDataSets(
          { path: incomingPath, dataSetOffset },
          { path: knownPath, dataSetOffset: knownOffset },
        ));
      if (same) return;
      throw new RejectedObjectError(
        DUPLICATE_SOP_INSTANCE,
        'Another object with this SOPInstanceUID is in the archive.',
        record,
      );
    }
    const { mtimeMs } = await stat(incomingPath);
    for (const folder of await this.folder.place(incomingPath, record)) this.#unsyncedFolders.add(folder);
    this.#placed.set(sopInstanceUID, { record, modifiedMs: mtimeMs });
    if (this.#placed.size >= BATCH_SIZE) await this.#flush();
  }

  async #flush(): Promise<void> {
    for (const folder of this.#unsyncedFolders) await syncFolder(folder);
    this.#unsyncedFolders.clear();
    await this.index.add([...this.#placed.values()]);
    this.#placed.clear();
  }

  #exclusively<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }
}
