import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makePrivateFolders } from './privateFolders.ts';

// Windows has no such permissions.
const onPosix = process.platform === 'win32' ? test.skip : test;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tomoclick-home-'));
  chmodSync(home, 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const notShared = (folder: string): never => {
  throw new Error(`${folder} is shared`);
};
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

onPosix('patients’ data are for no other user of the machine', () => {
  makePrivateFolders(join(home, 'new'), notShared);
  for (const folder of ['', 'database', 'archive', 'learning']) {
    expect(modeOf(join(home, 'new', folder))).toBe('700');
  }
});

onPosix('nor are those in folders that were open to others', () => {
  mkdirSync(join(home, 'archive'), { mode: 0o755 });
  makePrivateFolders(home, notShared);
  expect(modeOf(join(home, 'archive'))).toBe('700');
  // What else lies there is not ours to close.
  expect(modeOf(home)).toBe('755');
});
