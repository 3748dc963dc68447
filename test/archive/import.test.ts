import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { importedFiles } from '../../server/src/adapters/dicomImport/importedFiles.ts';
import { FolderArchive } from '../../server/src/adapters/folderArchive/folderArchive.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { importInstances } from '../../server/src/application/importInstances.ts';
import { imageAttributes, part10Of } from '../fixtures/part10.ts';

const image = (n: number): Buffer =>
  part10Of(imageAttributes({ SOPInstanceUID: `1.2.3.1.1.${n}`, InstanceNumber: n }));

async function writeZip(path: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(bytes, name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

test('imports DICOM from folders and nested zips, and counts the files that are something else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-importing-'));
  const database = await openPgliteDatabase();
  try {
    mkdirSync(join(folder, 'in', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'in', 'deep', 'IM1'), image(1));
    writeFileSync(join(folder, 'in', 'report.pdf'), '%PDF');
    // Large enough to be given up in the middle, compressed and not.
    writeFileSync(join(folder, 'in', 'video.mp4'), Buffer.alloc(3_000_000, 1));
    await writeZip(join(folder, 'in', 'inner.zip'), {
      'x/2.dcm': image(2),
      noise: Buffer.alloc(3_000_000, 'a'),
    });
    const archive = await FolderArchive.open(join(folder, 'archive'), database);
    const refused: string[] = [];
    const counts = await importInstances(
      importedFiles([join(folder, 'in')]),
      archive,
      new AbortController().signal,
      () => undefined,
      name => refused.push(name.slice(folder.length + 1)),
    );
    expect(counts).toEqual({ stored: 2, refused: 3 });
    expect(refused.sort()).toEqual(['in/inner.zip: noise', 'in/report.pdf', 'in/video.mp4']);
    expect((await archive.instances({ studyInstanceUID: '1.2.3.1' })).length).toBe(2);
    expect(readdirSync(join(folder, 'archive', 'incoming'))).toEqual([]);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('tells of a file that cannot be read, and imports those behind it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-importing-'));
  const database = await openPgliteDatabase();
  try {
    mkdirSync(join(folder, 'in'));
    await writeZip(join(folder, 'in', '1.zip'), { 'locked.dcm': image(1), 'open.dcm': image(2) });
    encryptFirstEntry(join(folder, 'in', '1.zip'));
    writeFileSync(join(folder, 'in', '2.dcm'), image(3));
    const archive = await FolderArchive.open(join(folder, 'archive'), database);
    const refused: string[] = [];
    const counts = await importInstances(
      importedFiles([join(folder, 'in')]),
      archive,
      new AbortController().signal,
      () => undefined,
      (name, reason) => refused.push(`${name.slice(folder.length + 1)}: ${reason}`),
    );
    expect(counts).toEqual({ stored: 2, refused: 1 });
    expect(refused).toEqual([expect.stringMatching(/^in\/1\.zip: locked\.dcm: .*encrypted/)]);
    expect((await archive.instances({ studyInstanceUID: '1.2.3.1' })).length).toBe(2);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

/** Says so of it, in both of its headers (APPNOTE 4.4.4, bit 0). */
function encryptFirstEntry(path: string): void {
  const zip = readFileSync(path);
  zip[zip.indexOf('PK\x03\x04', 0, 'latin1') + 6]! |= 1;
  zip[zip.indexOf('PK\x01\x02', 0, 'latin1') + 8]! |= 1;
  writeFileSync(path, zip);
}
