import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Forces a folder and everything in it, down to `depth` levels, to the disk. */
export function syncTree(folder: string, depth = Infinity): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) syncPath(path);
    else if (entry.isDirectory() && depth > 1) syncTree(path, depth - 1);
  }
  // Windows cannot open a folder, and does not need to: its file system journals names itself.
  if (process.platform !== 'win32') syncPath(folder);
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
