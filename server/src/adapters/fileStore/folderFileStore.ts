import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Problem } from '../../domain/errors.ts';
import type { FileStore } from '../../ports/fileStore.ts';

const SHA256 = /^[0-9a-f]{64}$/;
/** The labels of a job are put one by one before the job is recorded. */
const GRACE_MS = 3_600_000;

/** `<root>/<sha256>`, and `<root>/incoming` for what is not whole yet. */
export class FolderFileStore implements FileStore {
  readonly #incoming: string;

  private constructor(
    private readonly root: string,
    private readonly graceMs: number,
  ) {
    this.#incoming = join(root, 'incoming');
  }

  /** Makes the folders and forgets what an earlier process left unfinished. */
  static async open(root: string, graceMs = GRACE_MS): Promise<FolderFileStore> {
    const store = new FolderFileStore(root, graceMs);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true });
    return store;
  }

  async put(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
    const incoming = join(this.#incoming, randomUUID());
    try {
      const handle = await open(incoming, 'wx');
      const sha256 = await writeAll(handle, content, maxBytes).finally(() => handle.close());
      await rename(incoming, this.pathOf(sha256));
      await syncFolder(this.root);
      return sha256;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await changedMs(this.pathOf(sha256))) !== undefined;
  }

  pathOf(sha256: string): string {
    // The last guard: whatever came before, nothing but a hash becomes a path.
    if (!SHA256.test(sha256)) throw new Error('a path was to be made of something that is not a SHA-256');
    return join(this.root, sha256);
  }

  read(sha256: string): Readable {
    return createReadStream(this.pathOf(sha256));
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  async keepOnly(sha256s: ReadonlySet<string>): Promise<void> {
    const unneeded = (await readdir(this.root)).filter(name => SHA256.test(name) && !sha256s.has(name));
    for (const name of unneeded) {
      const putMs = await changedMs(join(this.root, name));
      if (putMs !== undefined && Date.now() - putMs >= this.graceMs) await this.remove(name);
    }
  }
}

async function writeAll(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Problem('payload-too-large', 'Send a smaller file.', { maxBytes });
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  await handle.sync();
  return hash.digest('hex');
}

/** Undefined where there is no such file any more: others may clear the store at the same time. */
async function changedMs(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a rename durable. Windows cannot open a folder, and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
