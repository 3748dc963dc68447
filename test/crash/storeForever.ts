/** Child process of folderArchive.test.ts: stores instances until it is killed, and prints each one once acknowledged. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { FolderArchive } from '../../server/src/adapters/folderArchive/folderArchive.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { imageAttributes, part10Of } from '../fixtures/part10.ts';

export const STUDY = { studyInstanceUID: '1.2.3.1' };
const ROWS = 400;

/** An image of half a megabyte whose every pixel is its number. */
export function numberedImage(number: number): Buffer {
  return part10Of(
    imageAttributes({
      ...{ SOPInstanceUID: `1.2.3.1.1.${number}`, InstanceNumber: number, Rows: ROWS, Columns: ROWS },
      PixelData: Buffer.from(new Uint16Array(ROWS * ROWS).fill(number % 65536).buffer),
    }),
  );
}

export async function openArchive(folder: string): Promise<{
  readonly archive: FolderArchive;
  readonly close: () => Promise<void>;
}> {
  const database = await openPgliteDatabase(join(folder, 'database'));
  return {
    archive: await FolderArchive.open(join(folder, 'archive'), database),
    close: () => database.close(),
  };
}

async function* slowly(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 64 * 1024) {
    await new Promise(resolve => setImmediate(resolve));
    yield bytes.subarray(start, start + 64 * 1024);
  }
}

async function storeForever(folder: string, firstNumber: number): Promise<never> {
  const { archive } = await openArchive(folder);
  const signal = new AbortController().signal;
  for (let number = firstNumber; ; number += 3) {
    const batch = [number, number + 1, number + 2];
    const objects = (async function* () {
      await Promise.resolve();
      for (const each of batch) yield slowly(numberedImage(each));
    })();
    for await (const outcome of archive.storeInstances(objects, undefined, signal)) {
      if (outcome.kind === 'failed') throw new Error(outcome.detail);
    }
    // Only now, with the iteration over, the archive has promised to keep them.
    writeSync(1, batch.map(each => `${each}\n`).join(''));
  }
}

const [folder, firstNumber] = process.argv.slice(2);
if (folder && firstNumber && process.argv[1]?.endsWith('storeForever.ts')) {
  await storeForever(folder, Number(firstNumber));
}
