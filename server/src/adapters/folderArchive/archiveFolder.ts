import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUid } from '../../domain/uid.ts';
import type { ArchiveScope } from '../../ports/dicomWebArchive.ts';

export interface StoredFile extends Required<ArchiveScope> {
  readonly byteSize: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * The files: `<root>/<study>/<series>/<instance>.dcm`, and `<root>/incoming` for what is not whole yet and for what
 * is being removed. Instances come into their place, and studies, series and instances leave it, by one rename.
 */
export class ArchiveFolder {
  readonly #incoming: string;

  constructor(readonly root: string) {
    this.#incoming = join(root, 'incoming');
  }

  /** Makes the folders and forgets what an earlier process left unfinished. */
  async prepare(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
  }

  newIncomingPath(): string {
    return join(this.#incoming, randomUUID());
  }

  pathOf(scope: ArchiveScope): string {
    const uids = [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID].filter(
      uid => uid !== undefined,
    );
    // The last guard: whatever came before, nothing but a UID becomes a path.
    if (!uids.every(isUid)) throw new Error('a path was to be made of something that is not a UID');
    return join(this.root, ...uids) + (scope.sopInstanceUID === undefined ? '' : '.dcm');
  }

  /** Moves a whole file from `incoming` into its place. Durable after `sync` of the folders returned. */
  async place(incomingPath: string, instance: Required<ArchiveScope>): Promise<readonly string[]> {
    const path = this.pathOf(instance);
    await mkdir(dirname(path), { recursive: true });
    await rename(incomingPath, path);
    return [dirname(path), dirname(dirname(path)), this.root];
  }

  /** Takes a study, series or instance away at once; what it leaves empty goes too. */
  async remove(scope: ArchiveScope): Promise<void> {
    const path = this.pathOf(scope);
    const leaving = this.newIncomingPath();
    await rename(path, leaving).catch(ignore('ENOENT'));
    await syncFolder(dirname(path)).catch(ignore('ENOENT'));
    await rm(leaving, { recursive: true, force: true });
    for (let folder = dirname(path); folder !== this.root; folder = dirname(folder)) {
      if (!(await rmdir(folder).then(() => true, ignore('ENOTEMPTY', 'EEXIST', 'ENOENT')))) break;
    }
  }

  /** Every file that lies where an instance may lie. */
  async *files(): AsyncGenerator<StoredFile, void, undefined> {
    for (const studyInstanceUID of await uidsIn(this.root)) {
      for (const seriesInstanceUID of await uidsIn(join(this.root, studyInstanceUID))) {
        const folder = join(this.root, studyInstanceUID, seriesInstanceUID);
        const names = (await readdir(folder)).filter(
          name => name.endsWith('.dcm') && isUid(name.slice(0, -4)),
        );
        const stats = await Promise.all(names.map(name => stat(join(folder, name))));
        for (const [index, name] of names.entries()) {
          const { size, mtimeMs } = stats[index] ?? { size: 0, mtimeMs: 0 };
          const sopInstanceUID = name.slice(0, -4);
          yield { studyInstanceUID, seriesInstanceUID, sopInstanceUID, byteSize: size, modifiedMs: mtimeMs };
        }
      }
    }
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Windows cannot sync folders; its renames are journalled.
    if (process.platform !== 'win32') throw error;
  } finally {
    await folder.close();
  }
}

async function uidsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory() && isUid(entry.name)).map(entry => entry.name);
}

function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return undefined;
    throw error;
  };
}
