import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLog } from './log.ts';

/** A file on a disk that is always full (Linux). */
const FULL = '/dev/full';
const { isTTY } = process.stderr;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tomoclick-log-'));
  process.stderr.isTTY = true;
});
afterEach(() => {
  process.stderr.isTTY = isTTY;
  rmSync(home, { recursive: true, force: true });
});

if (!existsSync(FULL)) console.log(`SKIPPED: a log without room: no ${FULL} here`);
const withFullDisk = existsSync(FULL) ? test : test.skip;

withFullDisk('a line that finds no room on the disk ends no request', () => {
  symlinkSync(FULL, join(home, 'server.log'));
  const log = openLog(home);
  for (let line = 0; line < 3; line++) expect(() => log.info({ status: 200 }, 'request')).not.toThrow();
});
