import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FolderFileStore } from './folderFileStore.ts';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tomoclick-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function pieces(...texts: readonly string[]): Readable {
  return Readable.from(texts.map(text => Buffer.from(text)));
}

describe('the file store', () => {
  test('keeps a file under the hash of its content', async () => {
    const store = await FolderFileStore.open(root);
    expect(await store.put(pieces('a', 'bc'), 3)).toBe(ABC);
    expect(await readFile(store.pathOf(ABC), 'utf8')).toBe('abc');
    expect(await store.has(ABC)).toBe(true);
    await store.remove(ABC);
    expect(await store.has(ABC)).toBe(false);
  });

  test('leaves nothing of a file that is too large, or breaks off', async () => {
    const store = await FolderFileStore.open(root);
    await expect(store.put(pieces('a', 'bc'), 2)).rejects.toThrow('payload-too-large');
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('a');
        throw new Error('the connection broke');
      })(),
    );
    await expect(store.put(broken, 9)).rejects.toThrow('broke');
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
    expect(readdirSync(root)).toEqual(['incoming']);
  });

  test('removes what nobody needs, but not what was put a moment ago', async () => {
    await (await FolderFileStore.open(root)).put(pieces('abc'), 9);
    const careful = await FolderFileStore.open(root);
    await careful.keepOnly(new Set());
    expect(readdirSync(root)).toContain(ABC);
    const hasty = await FolderFileStore.open(root, 0);
    const other = await hasty.put(pieces('other'), 9);
    await hasty.keepOnly(new Set([other]));
    expect(readdirSync(root).sort()).toEqual([other, 'incoming'].sort());
  });

  test('can be cleared by several at once', async () => {
    const store = await FolderFileStore.open(root, 0);
    for (let n = 0; n < 20; n++) await store.put(pieces(`${n}`), 9);
    await Promise.all(Array.from({ length: 5 }, () => store.keepOnly(new Set())));
    expect(readdirSync(root)).toEqual(['incoming']);
  });

  test('makes no path of anything but a hash', async () => {
    const store = await FolderFileStore.open(root);
    expect(() => store.pathOf('../database')).toThrow('SHA-256');
  });
});
