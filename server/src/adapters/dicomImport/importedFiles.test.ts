import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { importedFiles } from './importedFiles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoclick-import-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(paths: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, bytes } of importedFiles(paths)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    found[name.slice(folder.length + 1)] = Buffer.concat(chunks).toString();
  }
  return found;
}

async function writeZip(path: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.from(text), name);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

describe('importedFiles', () => {
  test('finds files at any depth in the order of their numbers, zip archives opened, dot files left out', async () => {
    mkdirSync(join(folder, 'study', 'series'), { recursive: true });
    writeFileSync(join(folder, 'study', 'series', 'IM10'), 'ten');
    writeFileSync(join(folder, 'study', 'series', 'IM2'), 'two');
    writeFileSync(join(folder, 'study', '.DS_Store'), 'no');
    await writeZip(join(folder, 'study', 'more.zip'), { 'a/': '', 'a/1': 'one', 'a/3': 'three' });
    const found = await read([join(folder, 'study')]);
    expect(Object.entries(found)).toEqual([
      ['study/more.zip: a/1', 'one'],
      ['study/more.zip: a/3', 'three'],
      ['study/series/IM2', 'two'],
      ['study/series/IM10', 'ten'],
    ]);
  });

  test('opens archives inside archives to the third level, and leaves nothing of them behind', async () => {
    const inner = join(folder, 'inner');
    await writeZip(inner, { 'deep.dcm': 'deep' });
    for (let level = 0; level < 3; level++) {
      const content = readFileSync(inner);
      await writeZip(inner, { 'next.ZIP': content, [`level${level}`]: 'x' });
    }
    renameSync(inner, join(folder, 'outer.zip'));
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const { TMPDIR } = process.env;
    process.env.TMPDIR = temporary;
    const names = Object.keys(await read([join(folder, 'outer.zip')]));
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    expect(names).toEqual([
      'outer.zip: next.ZIP: next.ZIP: next.ZIP',
      'outer.zip: next.ZIP: next.ZIP: level0',
      'outer.zip: next.ZIP: level1',
      'outer.zip: level2',
    ]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('takes single files, and says which path is wrong', async () => {
    writeFileSync(join(folder, 'one.dcm'), 'one');
    expect(await read([join(folder, 'one.dcm')])).toEqual({ 'one.dcm': 'one' });
    await expect(read([join(folder, 'none')])).rejects.toThrow(join(folder, 'none'));
    writeFileSync(join(folder, 'broken.zip'), 'not a zip');
    await expect(read([join(folder, 'broken.zip')])).rejects.toThrow(join(folder, 'broken.zip'));
  });
});
