import { open, type FileHandle } from 'node:fs/promises';
import { Problem } from '../../domain/errors.ts';

/** Opens a file for the time of `work`. @throws Problem not-found */
export async function withFile<Result>(
  path: string,
  work: (file: FileHandle, size: number) => Promise<Result>,
): Promise<Result> {
  const file = await openFile(path);
  try {
    return await work(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** @throws Problem not-found */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new Problem('not-found', 'The instance has been removed from the archive.', {}, { cause });
    }
    throw cause;
  }
}
