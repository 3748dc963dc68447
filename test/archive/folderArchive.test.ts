import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { imageAttributes, part10Of, type Attributes } from '../fixtures/part10.ts';
import type { ArchiveScope, StoreOutcome } from '../../server/src/ports/dicomWebArchive.ts';
import type { SqlDatabase } from '../../server/src/ports/sqlDatabase.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { FolderArchive } from '../../server/src/adapters/folderArchive/folderArchive.ts';

const NEVER = new AbortController().signal;
const STUDY = { studyInstanceUID: '1.2.3.1' };
const SERIES = { ...STUDY, seriesInstanceUID: '1.2.3.1.1' };

/** PGlite starts in one second, on a busy machine in thirty. */
const OPENING_TIMEOUT_MS = 120_000;

let database: SqlDatabase;
let root: string;
let archive: FolderArchive;
let removed: ArchiveScope[];

beforeAll(async () => {
  database = await openPgliteDatabase();
}, OPENING_TIMEOUT_MS);
afterAll(() => database.close());
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tomoclick-archive-'));
  removed = [];
  archive = await FolderArchive.open(root, database, scope => removed.push(scope));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function image(number: number, changes: Attributes = {}): Buffer {
  return part10Of(
    imageAttributes({ SOPInstanceUID: `1.2.3.1.1.${number}`, InstanceNumber: number, ...changes }),
  );
}

async function* streams(objects: readonly Uint8Array[]): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for (const object of objects) {
    await Promise.resolve();
    yield inTwo(object);
  }
}

async function* inTwo(object: Uint8Array): AsyncGenerator<Uint8Array> {
  yield object.subarray(0, 100);
  await Promise.resolve();
  yield object.subarray(100);
}

async function store(objects: readonly Uint8Array[], study?: string): Promise<readonly StoreOutcome[]> {
  const outcomes: StoreOutcome[] = [];
  for await (const outcome of archive.storeInstances(streams(objects), study, NEVER)) outcomes.push(outcome);
  return outcomes;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function uids(scope: ArchiveScope): Promise<readonly string[]> {
  return (await archive.instances(scope)).map(instance => instance.sopInstanceUID);
}

const reasons = (outcomes: readonly StoreOutcome[]): readonly (number | 'stored')[] =>
  outcomes.map(outcome => (outcome.kind === 'stored' ? 'stored' : outcome.failureReason));

describe('storing', () => {
  test('keeps files byte for byte and gives them back in order of InstanceNumber', async () => {
    const [first, second, third] = [image(1), image(2), image(10)];
    expect(reasons(await store([third, first, second]))).toEqual(['stored', 'stored', 'stored']);
    expect(await uids(SERIES)).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.10']);
    expect(await archive.countInstances(SERIES)).toBe(3);
    expect(await archive.countInstances({ ...SERIES, seriesInstanceUID: '1.2.3.9' })).toBe(0);
    const files = await collect(archive.retrieveSeries(SERIES, NEVER));
    expect(files.map(file => Buffer.from(file).toString('hex'))).toEqual(
      [first, second, third].map(file => file.toString('hex')),
    );
    expect(existsSync(join(root, '1.2.3.1', '1.2.3.1.1', '1.2.3.1.1.10.dcm'))).toBe(true);
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
  });

  test('tells for each object why it is not stored, and leaves nothing of it behind', async () => {
    const outcomes = await store([
      image(1),
      Buffer.from('not a DICOM file'),
      image(2).subarray(0, -4),
      image(3).subarray(0, 300),
      part10Of(imageAttributes({ SOPInstanceUID: '../../etc/passwd' })),
      part10Of(imageAttributes({ SOPInstanceUID: '' })),
      image(4),
    ]);
    expect(reasons(outcomes)).toEqual(['stored', 0xc000, 0xc000, 0xc000, 0xc000, 0xc000, 'stored']);
    expect(await uids(SERIES)).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.4']);
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
  });

  test('takes the same data set twice, but no other one under a known SOPInstanceUID', async () => {
    const original = image(1);
    await store([original]);
    // Another preamble is not another instance.
    const reexported = Buffer.from(original);
    reexported.write('other', 0);
    const changed = image(1, { PatientName: 'Other' });
    const elsewhere = image(1, { SeriesInstanceUID: '1.2.3.1.9' });
    expect(reasons(await store([original, reexported, changed, elsewhere]))).toEqual([
      ...['stored', 'stored'],
      ...[0x0111, 0x0111],
    ]);
    const [kept] = await collect(archive.retrieveSeries(SERIES, NEVER));
    expect(kept && Buffer.compare(kept, original)).toBe(0);
  });

  test('takes one of two objects with one SOPInstanceUID in one request', async () => {
    expect(reasons(await store([image(1), image(1, { PatientID: 'P2' })]))).toEqual(['stored', 0x0111]);
  });

  test('refuses objects of another study than the one named', async () => {
    expect(reasons(await store([image(1)], '1.2.3.99'))).toEqual([0xa900]);
    await expect(archive.instances(STUDY)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('indexes what was stored before the sender broke off', async () => {
    async function* broken(): AsyncGenerator<AsyncIterable<Uint8Array>> {
      yield* streams([image(1)]);
      throw new Error('connection reset');
    }
    await expect(collect(archive.storeInstances(broken(), undefined, NEVER))).rejects.toThrow(
      'connection reset',
    );
    expect(await uids(SERIES)).toEqual(['1.2.3.1.1.1']);
  });

  test('rejects a segmentation that it cannot keep with archive-rejected', async () => {
    await archive.store(STUDY.studyInstanceUID, image(1), NEVER);
    await expect(archive.store('1.2.3.99', image(2), NEVER)).rejects.toMatchObject({
      code: 'archive-rejected',
    });
    expect(await uids(SERIES)).toHaveLength(1);
  });

  test('keeps the segmentation that it has when the same one is saved once more', async () => {
    const { studyInstanceUID } = STUDY;
    await archive.store(studyInstanceUID, image(1, { ContentTime: '100000' }), NEVER);
    await archive.store(studyInstanceUID, image(1, { ContentTime: '100005' }), NEVER);
    const [kept] = await collect(archive.retrieveSeries(SERIES, NEVER));
    expect(Buffer.from(kept ?? []).includes('100000')).toBe(true);
    expect(await uids(SERIES)).toHaveLength(1);
  });

  test('takes many in parallel requests, the same ones among them', async () => {
    const batches = [0, 1, 2, 3].map(batch => Array.from({ length: 25 }, (_, n) => 1 + n * 2 + batch));
    const outcomes = await Promise.all(batches.map(batch => store(batch.map(number => image(number)))));
    expect(outcomes.flat().every(outcome => outcome.kind === 'stored')).toBe(true);
    expect(await uids(SERIES)).toHaveLength(new Set(batches.flat()).size);
  });
});

describe('retrieving', () => {
  test('says series-not-found for an unknown series', async () => {
    await expect(collect(archive.retrieveSeries(SERIES, NEVER))).rejects.toMatchObject({
      code: 'series-not-found',
    });
  });

  test('gives metadata with bulk data addresses that lead to the values', async () => {
    const table = Buffer.from(Array.from({ length: 2000 }, (_, n) => n % 256));
    await store([
      image(1, { ReferencedSeriesSequence: [{ '00420011': table }], PatientName: 'Müller^Jörg=山田' }),
    ]);
    const [text] = await collect(archive.metadata(SERIES, '/dicom-web'));
    const dataset = JSON.parse(text ?? '') as Record<string, unknown>;
    const address = '/dicom-web/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/bulkdata';
    expect(dataset['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: `${address}/7FE00010` });
    expect(dataset['00100010']).toEqual({
      vr: 'PN',
      Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '山田' }],
    });
    expect(dataset['00081115']).toEqual({
      vr: 'SQ',
      Value: [{ '00420011': { vr: 'OB', BulkDataURI: `${address}/00081115/1/00420011` } }],
    });
    const [instance] = await archive.instances(SERIES);
    if (!instance) throw new Error('nothing was stored');
    expect(Buffer.compare(await archive.bulkData(instance, ['00081115', '1', '00420011']), table)).toBe(0);
    const { byteLength, chunks } = await archive.pixelData(instance, '7FE00010');
    expect([byteLength, Buffer.concat(await collect(chunks)).length]).toEqual([12, 12]);
    await expect(archive.bulkData(instance, ['00081115', '2', '00420011'])).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

test('a deflated file that several ask for at a time is in memory once', async () => {
  const transferSyntaxUID = '1.2.840.10008.1.2.1.99';
  // Small buffers share their memory anyway.
  const pixels = { Rows: 100, Columns: 100, PixelData: Buffer.alloc(20_000, 7) };
  const named = part10Of(imageAttributes(pixels), { transferSyntaxUID });
  // The group length of the meta information, which ends at 144, says where the data set starts.
  const start = 144 + named.readUInt32LE(140);
  await store([Buffer.concat([named.subarray(0, start), deflateRawSync(named.subarray(start))])]);
  const [instance] = await archive.instances(SERIES);
  const buffers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { chunks } = await archive.pixelData(instance!, '7FE00010');
      const [chunk] = await collect(chunks);
      return chunk!.buffer;
    }),
  );
  expect(new Set(buffers).size).toBe(1);
});

describe('removing', () => {
  test('takes away an instance, then its series, then the study with its folders', async () => {
    await store([image(1), image(2), image(3, { SeriesInstanceUID: '1.2.3.1.2' })]);
    await archive.remove({ ...SERIES, sopInstanceUID: '1.2.3.1.1.1' });
    expect(await uids(STUDY)).toEqual(['1.2.3.1.1.2', '1.2.3.1.1.3']);
    await archive.remove(SERIES);
    expect(await uids(STUDY)).toEqual(['1.2.3.1.1.3']);
    expect(existsSync(join(root, '1.2.3.1', '1.2.3.1.1'))).toBe(false);
    await archive.remove(STUDY);
    await expect(archive.instances(STUDY)).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(root)).toEqual(['incoming']);
    await expect(archive.remove(STUDY)).rejects.toMatchObject({ code: 'not-found' });
    expect(removed).toEqual([{ ...SERIES, sopInstanceUID: '1.2.3.1.1.1' }, SERIES, STUDY]);
  });

  test('lets another object come under the UID of one that was removed', async () => {
    await store([image(1)]);
    const frameOf = async (): Promise<number> => {
      const [instance] = await archive.instances(SERIES);
      if (!instance) throw new Error('nothing was stored');
      const [frame] = await collect((await archive.frames(instance)).frames);
      return frame?.length ?? 0;
    };
    expect(await frameOf()).toBe(12);
    await archive.remove(STUDY);
    await store([image(1, { Rows: 1, PixelData: Buffer.alloc(6) })]);
    expect(await frameOf()).toBe(6);
  });
});

describe('opening', () => {
  const reopen = async (): Promise<FolderArchive['reconciliation']> => {
    archive = await FolderArchive.open(root, database);
    return archive.reconciliation;
  };

  test('reads nothing again when nothing changed', async () => {
    await store([image(1), image(2)]);
    expect(await reopen()).toEqual({ indexed: 0, forgotten: 0, ignored: 0 });
  });

  test('makes the whole index from the files when it is gone', async () => {
    await store([image(1), image(2)]);
    await database.execute('DROP TABLE archive_index_version');
    expect(await reopen()).toEqual({ indexed: 2, forgotten: 0, ignored: 0 });
    expect(await uids(SERIES)).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2']);
  });

  test('follows what was added, changed and deleted behind its back, and ignores what does not belong', async () => {
    await store([image(1), image(2)]);
    const folder = join(root, '1.2.3.1', '1.2.3.1.1');
    rmSync(join(folder, '1.2.3.1.1.1.dcm'));
    writeFileSync(join(folder, '1.2.3.1.1.2.dcm'), image(2, { StudyDescription: 'other' }));
    utimesSync(join(folder, '1.2.3.1.1.2.dcm'), 1_000_000, 1_000_000);
    writeFileSync(join(folder, '1.2.3.1.1.3.dcm'), image(3));
    writeFileSync(join(folder, '1.2.3.1.1.4.dcm'), image(5));
    writeFileSync(join(folder, '1.2.3.1.1.6.dcm'), 'rubbish');
    writeFileSync(join(folder, 'notes.txt'), 'rubbish');
    await mkdir(join(root, 'other'));
    expect(await reopen()).toEqual({ indexed: 2, forgotten: 2, ignored: 2 });
    expect(await uids(SERIES)).toEqual(['1.2.3.1.1.2', '1.2.3.1.1.3']);
    const [metadata] = await collect(archive.metadata(SERIES, ''));
    expect(metadata).toContain('"other"');
  });

  test('empties what an interrupted process left in the incoming folder', async () => {
    writeFileSync(join(root, 'incoming', 'half'), readFileSync(import.meta.filename));
    await reopen();
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
  });
});
