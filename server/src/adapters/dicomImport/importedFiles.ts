import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportedFile } from './importedFile.ts';
import { zipEntries } from './zipEntries.ts';

/**
 * Every file of the folders, zip archives and single files named, one after the other; each must be read before the
 * next is asked for. Folders are searched to any depth, in the order of names; what starts with a dot is left out.
 * @throws Error that names the path when it does not exist or is a broken zip archive
 */
export async function* importedFiles(paths: readonly string[]): AsyncGenerator<ImportedFile> {
  for (const path of paths) {
    const found = await stat(path).catch(() => {
      throw new Error(`There is nothing to import at ${path}.`);
    });
    if (found.isDirectory()) yield* filesBelow(path);
    else yield* filesOf(path);
  }
}

async function* filesBelow(folder: string): AsyncGenerator<ImportedFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield* filesOf(path);
  }
}

async function* filesOf(path: string): AsyncGenerator<ImportedFile> {
  if (/\.zip$/i.test(path)) yield* zipEntries(path);
  else yield { name: path, bytes: createReadStream(path) };
}
