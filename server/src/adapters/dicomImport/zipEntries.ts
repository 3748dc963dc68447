import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import type { ImportedFile } from './importedFile.ts';

/** Archives inside archives are opened to this depth; deeper ones count as files. */
const MAX_NESTING = 3;
/** An inner archive is put on disk to be read; larger ones count as files. */
const MAX_INNER_BYTES = 16 * 2 ** 30;

/**
 * The files in a zip archive, those of zip archives inside it among them. Their names only serve people: nothing is
 * written under them.
 * @param name of the archive, for people
 * @throws Error that names the archive when it cannot be read
 */
export async function* zipEntries(path: string, name = path, nesting = 1): AsyncGenerator<ImportedFile> {
  const zip = await openPromise(path).catch((cause: unknown) => {
    throw new Error(`${name} is not a zip archive that can be read.`, { cause });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const entryName = `${name}: ${entry.fileName}`;
      const isArchive = /\.zip$/i.test(entry.fileName) && entry.uncompressedSize <= MAX_INNER_BYTES;
      if (isArchive && nesting < MAX_NESTING) yield* innerEntries(zip, entry, entryName, nesting + 1);
      else yield { name: entryName, bytes: contentOf(zip, entry) };
    }
  } finally {
    zip.close();
  }
}

/** Opened when it is read: one that cannot be, because it is encrypted, say, does not hide those behind it. */
async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const content: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry);
  yield* content;
}

/** Zip archives are read from their end, so that an inner one has to lie on disk. */
async function* innerEntries(
  zip: ZipFile,
  entry: Entry,
  name: string,
  nesting: number,
): AsyncGenerator<ImportedFile> {
  const folder = await mkdtemp(join(tmpdir(), 'tomoclick-import-'));
  try {
    const path = join(folder, 'inner.zip');
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
    yield* zipEntries(path, name, nesting);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
