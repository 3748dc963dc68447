import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FolderInUseError } from './folderLock.ts';
import { openPgliteDatabase } from './pgliteDatabase.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoclick-pglite-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Counted {
  readonly n: number;
}

describe('openPgliteDatabase in a folder', () => {
  test('has what was written when it is opened again', async () => {
    const first = await openPgliteDatabase(folder);
    await first.execute('CREATE TABLE t (a int, b bytea); INSERT INTO t VALUES (1, NULL)');
    await first.query('INSERT INTO t VALUES ($1, $2)', [2, Uint8Array.of(0, 1, 255)]);
    await first.close();

    const second = await openPgliteDatabase(folder);
    const rows = await second.query<{ a: number; b: Uint8Array | null }>('SELECT a, b FROM t ORDER BY a');
    expect(rows).toEqual([
      { a: 1, b: null },
      { a: 2, b: Uint8Array.of(0, 1, 255) },
    ]);
    await second.close();
  });

  test('asks PostgreSQL to fsync each commit, by the method that reaches the disk', async () => {
    const database = await openPgliteDatabase(folder);
    const settings = await database.query(
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'wal_sync_method') ORDER BY 1",
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'wal_sync_method', setting: 'fsync' },
    ]);
    await database.close();
  });

  test('begins again where a first start died before it was complete', async () => {
    const first = await openPgliteDatabase(folder);
    await first.close();
    rmSync(join(folder, 'complete'));
    rmSync(join(folder, 'data', 'base'), { recursive: true });

    const second = await openPgliteDatabase(folder);
    expect(await second.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await second.close();
  });

  test('commits nothing on a disk that is nearly full, reads on, and commits again where there is room', async () => {
    let free = Infinity;
    const database = await openPgliteDatabase(folder, () => Promise.resolve(free));
    await database.execute('CREATE TABLE t (a int)');
    const insert = (): Promise<unknown> =>
      database.transaction(session => session.query('INSERT INTO t VALUES (1)'));
    await insert();
    free = 20e6;
    await expect(insert()).rejects.toMatchObject({ code: 'storage-full', facts: { freeMb: 19 } });
    expect(await database.query<Counted>('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 1 }]);
    free = Infinity;
    await insert();
    expect(await database.query<Counted>('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 2 }]);
    await database.close();
  });

  test('keeps its write-ahead log short while it is open', async () => {
    const database = await openPgliteDatabase(folder);
    await database.execute('CREATE TABLE t (a text); ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL');
    // 2 MB each.
    const rows = 'INSERT INTO t SELECT repeat(md5(g::text), 6000) FROM generate_series(1, 10) g';
    for (let n = 0; n < 40; n++) await database.transaction(session => session.query(rows));
    const [log] = await database.query<{ mb: number }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 / 1e6 AS mb FROM pg_control_checkpoint()`,
    );
    expect(log?.mb).toBeLessThan(64);
    await database.close();
  });

  test('uses the room of what was replaced again while it is open', async () => {
    const database = await openPgliteDatabase(folder);
    await database.execute('CREATE TABLE t (a text); ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL');
    await database.execute("INSERT INTO t VALUES ('')");
    const replace = 'UPDATE t SET a = repeat(md5(random()::text), 60000)';
    for (let n = 0; n < 64; n++) await database.transaction(session => session.query(replace));
    const [table] = await database.query<{ mb: number }>(
      `SELECT pg_total_relation_size('t') / 1e6::float8 AS mb`,
    );
    expect(table?.mb).toBeLessThan(100);
    await database.close();
  });

  test('is not opened on a disk that is nearly full, and leaves it to the next who tries', async () => {
    await expect(openPgliteDatabase(folder, () => Promise.resolve(1e6))).rejects.toThrow(
      'Make room on the disk',
    );
    await (await openPgliteDatabase(folder)).close();
  });

  test('refuses a second owner while the first lives, and takes the folder after it has closed', async () => {
    const first = await openPgliteDatabase(folder);
    await expect(openPgliteDatabase(folder)).rejects.toThrow(FolderInUseError);
    await first.close();
    const second = await openPgliteDatabase(folder);
    await second.close();
  });
});

describe('a transaction', () => {
  test('commits all when its work resolves, and nothing when it rejects', async () => {
    const database = await openPgliteDatabase();
    await database.execute('CREATE TABLE t (a int)');
    await database.transaction(async session => {
      await session.query('INSERT INTO t VALUES (1)');
      await session.query('INSERT INTO t VALUES (2)');
    });
    const failed = database.transaction(async session => {
      await session.query('INSERT INTO t VALUES (3)');
      throw new Error('half way');
    });
    await expect(failed).rejects.toThrow('half way');
    expect(await database.query<Counted>('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 2 }]);
    await database.close();
  });
});
