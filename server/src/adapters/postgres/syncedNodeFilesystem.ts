import { fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenOptions = Parameters<NodeFS['init']>[1];

/** What of Emscripten's file system on Node is needed here; PGlite exports it untyped. */
interface NodeFilesystemDriver {
  readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => number };
}

/** PGlite's folder on disk, whose fsync reaches the disk: Emscripten's driver has none, so PostgreSQL's does nothing. */
export class SyncedNodeFilesystem extends NodeFS {
  override async init(pglite: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options);
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] },
    };
  }
}

function addFsync(module: object): void {
  if (!('NODEFS' in module)) throw new Error('This version of PGlite does not show its file system driver.');
  const driver = module.NODEFS as NodeFilesystemDriver;
  driver.stream_ops.fsync = stream => {
    fsyncSync(stream.nfd);
    return 0;
  };
}
