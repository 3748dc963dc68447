import type { DicomWebArchive } from '../ports/dicomWebArchive.ts';

export interface NamedObject {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ImportProgress {
  readonly stored: number;
  readonly refused: number;
}

/** What ends the reading of one object, and says nothing of the others. */
class UnreadableObjectError extends Error {
  override readonly name = 'UnreadableObjectError';
}

/**
 * Stores every object that can be read and that the archive takes; `onRefused` is told of each other one.
 * @throws what `objects` and the archive throw
 */
export async function importInstances(
  objects: AsyncIterable<NamedObject> | Iterable<NamedObject>,
  archive: Pick<DicomWebArchive, 'storeInstances'>,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
  onRefused: (name: string, reason: string) => void,
): Promise<ImportProgress> {
  let [stored, refused] = [0, 0];
  let name = '';
  const refuse = (reason: string): void => {
    refused++;
    onRefused(name, reason);
  };
  const remaining = inOrder(objects);
  let isOver = false;
  async function* bodies(): AsyncGenerator<AsyncIterable<Uint8Array>> {
    for (let next = await remaining.next(); !next.done; next = await remaining.next()) {
      signal.throwIfAborted();
      ({ name } = next.value);
      yield readable(next.value.bytes);
    }
    isOver = true;
  }
  try {
    while (!isOver) {
      try {
        for await (const outcome of archive.storeInstances(bodies(), undefined, signal)) {
          if (outcome.kind === 'stored') stored++;
          else refuse(outcome.detail);
          onProgress({ stored, refused });
        }
      } catch (error) {
        signal.throwIfAborted();
        // The archive gives up what it was sent with an object that breaks off: the rest is sent anew.
        if (!(error instanceof UnreadableObjectError)) throw error;
        refuse(error.message);
        onProgress({ stored, refused });
      }
    }
  } finally {
    await remaining.return(undefined);
  }
  return { stored, refused };
}

async function* inOrder(
  objects: AsyncIterable<NamedObject> | Iterable<NamedObject>,
): AsyncGenerator<NamedObject> {
  yield* objects;
}

async function* readable(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new UnreadableObjectError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
