import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import type { SqlDatabase, SqlSession } from '../../ports/sqlDatabase.ts';
import { lockFolder } from './folderLock.ts';
import { freeBytesOf, requireRoom, type FreeBytes } from './roomOnDisk.ts';
import { syncTree } from './syncTree.ts';
import { SyncedNodeFilesystem } from './syncedNodeFilesystem.ts';
import { Upkeep } from './upkeep.ts';

/** PGlite's own start parameters without `-F`, which turns fsync off. */
const DURABLE_START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter(parameter => parameter !== '-F'),
  // fdatasync, the default, does nothing in Emscripten's file system.
  ...['-c', 'wal_sync_method=fsync'],
];

/**
 * Opens the embedded PostgreSQL: in `folder`, created on first use, or in memory when no folder is named.
 *
 * What holds in a folder: a commit returns after the write-ahead log was written and fsynced, so an acknowledged
 * transaction survives the death of the process (SIGKILL, tested) and, as far as the disk keeps its word on fsync,
 * a power cut. One process owns the folder at a time. Where the disk is nearly full transactions are refused
 * (storage-full); queries that read go on.
 * @throws FolderInUseError, Problem storage-full
 */
export async function openPgliteDatabase(
  folder?: string,
  freeBytes: FreeBytes = freeBytesOf,
): Promise<SqlDatabase> {
  if (folder === undefined) return asSqlDatabase(await PGlite.create(), roomForAll, () => undefined);
  const unlock = lockFolder(folder);
  const room = (): Promise<void> => requireRoom(folder, freeBytes);
  try {
    await room();
    return asSqlDatabase(await openFolder(folder), room, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openFolder(folder: string): Promise<PGlite> {
  const data = join(folder, 'data');
  const complete = join(folder, 'complete');
  // Without the mark the first start died half way: nothing was acknowledged, so begin again.
  if (!existsSync(complete)) rmSync(data, { recursive: true, force: true });
  const pglite = await PGlite.create({
    fs: new SyncedNodeFilesystem(data),
    startParams: DURABLE_START_PARAMETERS,
  });
  if (!existsSync(complete)) {
    syncTree(data);
    writeFileSync(complete, '', { flush: true });
    syncTree(folder, 1);
  }
  return pglite;
}

/** Memory is no disk. */
function roomForAll(): Promise<void> {
  return Promise.resolve();
}

/** @param room asked before a transaction; what it throws refuses it */
function asSqlDatabase(pglite: PGlite, room: () => Promise<void>, onClosed: () => void): SqlDatabase {
  const upkeep = new Upkeep(pglite);
  return {
    ...asSession(pglite),
    execute: async sql => {
      await pglite.exec(sql);
    },
    transaction: async work => {
      await room();
      const result = await pglite.transaction(transaction => work(asSession(transaction)));
      upkeep.afterCommit();
      return result;
    },
    close: async () => {
      await upkeep.ended();
      await pglite.close();
      onClosed();
    },
  };
}

function asSession(connection: PGlite | Transaction): SqlSession {
  return {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await connection.query<Row>(sql, [...parameters])).rows,
  };
}
