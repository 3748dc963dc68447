import { fileSource } from '../../formats/byteSource.ts';
import { MalformedDataSetError } from '../../formats/dataSetReader.ts';
import { readPart10 } from '../../formats/part10.ts';
import type { ArchiveFolder, StoredFile } from './archiveFolder.ts';
import type { ArchiveIndex, IndexedInstance } from './archiveIndex.ts';
import { readInstanceRecord, RejectedObjectError } from './instanceRecord.ts';
import { withFile } from './openFile.ts';

const BATCH_SIZE = 64;

export interface Reconciliation {
  /** Read again from their files. */
  readonly indexed: number;
  /** Forgotten, their files being gone or changed. */
  readonly forgotten: number;
  /** Files that are not the instance that their path names. */
  readonly ignored: number;
}

/** Makes the index say what the files say; reads only those whose size or time differs from what it knows. */
export async function reconcile(folder: ArchiveFolder, index: ArchiveIndex): Promise<Reconciliation> {
  const known = new Map((await index.files()).map(file => [pathKey(file), file]));
  const toRead: StoredFile[] = [];
  for await (const file of folder.files()) {
    const entry = known.get(pathKey(file));
    const unchanged = entry?.byteSize === file.byteSize && entry.modifiedMs === file.modifiedMs;
    if (unchanged) known.delete(pathKey(file));
    else toRead.push(file);
  }
  await index.remove([...known.values()].map(file => file.sopInstanceUID));
  // The attributes of a study are those of its first instance: the oldest, as when they came in.
  toRead.sort((a, b) => a.modifiedMs - b.modifiedMs);
  let indexed = 0;
  for (let start = 0; start < toRead.length; start += BATCH_SIZE) {
    const files = toRead.slice(start, start + BATCH_SIZE);
    const instances = (await Promise.all(files.map(file => readStored(folder, file)))).filter(
      instance => instance !== undefined,
    );
    await index.add(instances);
    indexed += instances.length;
  }
  return { indexed, forgotten: known.size, ignored: toRead.length - indexed };
}

async function readStored(folder: ArchiveFolder, file: StoredFile): Promise<IndexedInstance | undefined> {
  try {
    const record = await withFile(folder.pathOf(file), async (handle, size) =>
      readInstanceRecord(await readPart10(fileSource(handle, size)), size),
    );
    return pathKey(record) === pathKey(file) ? { record, modifiedMs: file.modifiedMs } : undefined;
  } catch (error) {
    if (error instanceof MalformedDataSetError || error instanceof RejectedObjectError) return undefined;
    throw error;
  }
}

function pathKey(
  file: Pick<StoredFile, 'studyInstanceUID' | 'seriesInstanceUID' | 'sopInstanceUID'>,
): string {
  return `${file.studyInstanceUID}/${file.seriesInstanceUID}/${file.sopInstanceUID}`;
}
