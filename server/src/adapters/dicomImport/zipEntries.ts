import { openPromise } from 'yauzl';
import type { ImportedFile } from './importedFiles.ts';

/**
 * The files in a zip archive. Their names only serve people: nothing is written under them.
 * @throws Error that names the archive when it cannot be read
 */
export async function* zipEntries(path: string): AsyncGenerator<ImportedFile> {
  const zip = await openPromise(path).catch((cause: unknown) => {
    throw new Error(`${path} is not a zip archive that can be read.`, { cause });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      yield { name: `${path}: ${entry.fileName}`, bytes: await zip.openReadStreamPromise(entry) };
    }
  } finally {
    zip.close();
  }
}
