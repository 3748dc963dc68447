import { statfs } from 'node:fs/promises';
import { Problem } from '../../domain/errors.ts';

/**
 * A new segment of the write-ahead log takes 16 MB; the masks of a whole segmentation, which are written at once, lie in
 * the log and in their table.
 */
const LEAST_FREE_BYTES = 64 * 1024 ** 2;

/** How much room is left on the disk that a folder lies on. */
export type FreeBytes = (folder: string) => Promise<number>;

export async function freeBytesOf(folder: string): Promise<number> {
  const { blocks, bavail, bsize } = await statfs(folder);
  // There are network drives that do not say.
  return blocks === 0 ? Infinity : bavail * bsize;
}

/**
 * To be asked before something is written: a write-ahead log that finds no room for its next segment ends in a loop that
 * blocks the whole process, and not in an error.
 * @throws Problem storage-full
 */
export async function requireRoom(folder: string, freeBytes: FreeBytes): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= LEAST_FREE_BYTES) return;
  const [freeMb, leastMb] = [free, LEAST_FREE_BYTES].map(bytes => Math.floor(bytes / 1024 ** 2));
  throw new Problem(
    'storage-full',
    `Make room on the disk of the data folder (at least ${leastMb} MB), then try again.`,
    { freeMb },
  );
}
