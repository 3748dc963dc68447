import type { DicomWebArchive } from '../ports/dicomWebArchive.ts';

export interface NamedObject {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ImportProgress {
  readonly stored: number;
  readonly refused: number;
}

/** Stores every object that the archive takes; `onRefused` is told of each other one. */
export async function importInstances(
  objects: AsyncIterable<NamedObject> | Iterable<NamedObject>,
  archive: Pick<DicomWebArchive, 'storeInstances'>,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
  onRefused: (name: string, reason: string) => void,
): Promise<ImportProgress> {
  let [stored, refused] = [0, 0];
  let name = '';
  const bodies = (async function* () {
    for await (const object of objects) {
      signal.throwIfAborted();
      ({ name } = object);
      yield object.bytes;
    }
  })();
  for await (const outcome of archive.storeInstances(bodies, undefined, signal)) {
    if (outcome.kind === 'stored') stored++;
    else {
      refused++;
      onRefused(name, outcome.detail);
    }
    onProgress({ stored, refused });
  }
  return { stored, refused };
}
