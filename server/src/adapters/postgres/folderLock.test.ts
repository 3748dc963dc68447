import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FolderInUseError, lockFolder } from './folderLock.ts';

const LOCK_MODULE = new URL('./folderLock.ts', import.meta.url).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoclick-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('lockFolder', () => {
  test('names the living owner when the folder is taken', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(new FolderInUseError(folder, process.pid));
    unlock();
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('refuses a folder that another living process owns, until that one is killed', async () => {
    const script = `import { lockFolder } from ${JSON.stringify(LOCK_MODULE)};
      lockFolder(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    await new Promise(resolve => other.stdout.once('data', resolve));
    expect(() => lockFolder(folder)).toThrow(new FolderInUseError(folder, Number(other.pid)));
    const gone = new Promise(resolve => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    lockFolder(folder)();
  });

  test('takes over from a dead process, and from one whose number another process now has', () => {
    writeFileSync(join(folder, 'lock'), '999999999');
    lockFolder(folder)();
    writeFileSync(join(folder, 'lock'), `${process.ppid} another-boot 12345`);
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FolderInUseError);
    unlock();
  });

  test('takes over from a lock file that was cut short', () => {
    writeFileSync(join(folder, 'lock'), '');
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });
});
