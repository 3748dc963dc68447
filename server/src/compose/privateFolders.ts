import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Of the data folder: what is of patients lies in these. */
const FOLDERS = ['database', 'archive', 'learning'];
const OWNER_ONLY = 0o700;

/**
 * Makes the folders of what is of patients, for whoever runs the server alone. Nothing below them can be relied on: the
 * files of the embedded database may be written by everybody, whatever the umask is (PGlite, Emscripten).
 * @param onShared told of a folder that is another user's, or on a disk without permissions, and stays as it is
 */
export function makePrivateFolders(home: string, onShared: (folder: string) => void): void {
  for (const folder of FOLDERS.map(name => join(home, name))) {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
    try {
      // One that was there keeps its mode.
      chmodSync(folder, OWNER_ONLY);
    } catch {
      onShared(folder);
    }
  }
}
