import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { imageAttributes, part10Of, type Attributes } from '../fixtures/part10.ts';
import { DicomFrameDecoder } from '../../server/src/adapters/dicom/dicomFrameDecoder.ts';
import { FolderArchive } from '../../server/src/adapters/folderArchive/folderArchive.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import type { DicomJsonDataset } from '../../server/src/domain/dicomJson.ts';
import { PROBLEMS, Problem } from '../../server/src/domain/errors.ts';
import {
  boundaryOf,
  collectPart,
  parseMultipart,
  writeMultipart,
} from '../../server/src/formats/multipart.ts';
import type { SqlDatabase } from '../../server/src/ports/sqlDatabase.ts';
import { dicomWebRouter } from '../../server/src/http/routes/dicomWeb.ts';

const RLE = '1.2.840.10008.1.2.5';
const EXPLICIT = '1.2.840.10008.1.2.1';
/** 2 × 3 pixels 0, 1, 2, 3, 4, 5 of 8 bits: one segment, one literal run (PS3.5 G). */
const RLE_FRAME = Buffer.concat([
  Buffer.from(Uint32Array.of(1, 64, ...Array<number>(14).fill(0)).buffer),
  Buffer.from([5, 0, 1, 2, 3, 4, 5, 0]),
]);

/** PGlite starts in one second, on a busy machine in thirty. */
const OPENING_TIMEOUT_MS = 120_000;

let folder: string;
let database: SqlDatabase;
let archive: FolderArchive;
let server: Server;
let root: string;

const problems: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const problem = error instanceof Problem ? error : new Problem('internal-error', String(error));
  if (response.headersSent) response.destroy();
  else response.status(PROBLEMS[problem.code].status).json({ code: problem.code, detail: problem.detail });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoclick-dicomweb-'));
  database = await openPgliteDatabase();
  archive = await FolderArchive.open(folder, database);
  const app = express();
  app.use('/dicom-web', dicomWebRouter(archive, new DicomFrameDecoder()));
  app.use(problems);
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
  const stored = await stow(SAMPLES);
  expect(stored.status).toBe(200);
}, OPENING_TIMEOUT_MS);

afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (changes: Attributes, options?: Parameters<typeof part10Of>[1]): Buffer =>
  part10Of(imageAttributes(changes), options);

const { PixelData: _pixels, ...withoutPixels } = imageAttributes();

/** Study 1: a CT series of three images. Study 2: an MR image, a 1-bit multi-frame SEG, an RLE image, a report. */
const SAMPLES: readonly Buffer[] = [
  ...[1, 2, 3].map(n => file({ SOPInstanceUID: `1.2.3.1.1.${n}`, InstanceNumber: n })),
  file({
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.1', SOPInstanceUID: '1.2.3.2.1.1' },
    ...{ PatientName: 'Łukasz^Żółty^Jan', PatientID: 'P2', StudyDate: '20230115', StudyTime: '080000.25' },
    ...{ AccessionNumber: 'A_2', StudyDescription: '50% Dixon', Modality: 'MR', SeriesNumber: 1 },
  }),
  file({
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.2', SOPInstanceUID: '1.2.3.2.2.1' },
    ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4', Modality: 'SEG', SeriesNumber: 2, NumberOfFrames: 3 },
    ...{ Rows: 3, Columns: 3, BitsAllocated: 1, BitsStored: 1, HighBit: 0 },
    // 27 bits: frame 1 all 1, frame 2 all 0, frame 3 1 0 1 0 1 0 1 0 1; then padding of 1.
    PixelData: packBits('111111111' + '000000000' + '101010101' + '11111'),
  }),
  part10Of(
    {
      ...withoutPixels,
      ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.3', SOPInstanceUID: '1.2.3.2.3.1' },
      ...{ Modality: 'OT', SeriesNumber: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
    },
    { transferSyntaxUID: RLE, fragments: [RLE_FRAME] },
  ),
  part10Of({
    ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11', SOPInstanceUID: '1.2.3.2.4.1', Modality: 'SR' },
    ...{ StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.4', SeriesNumber: 4 },
  }),
];

function packBits(bits: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  [...bits].forEach(
    (bit, index) => (bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (Number(bit) << (index & 7))),
  );
  return bytes;
}

async function stow(files: readonly Uint8Array[], path = '/studies'): Promise<Response> {
  const chunks: Uint8Array[] = [];
  const parts = files.map(body => ({ headers: { 'Content-Type': 'application/dicom' }, body }));
  for await (const chunk of writeMultipart(parts, 'sep')) chunks.push(chunk);
  return fetch(root + path, {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=sep' },
    body: Buffer.concat(chunks),
  });
}

async function get(path: string, accept?: string): Promise<Response> {
  return fetch(root + path, accept === undefined ? {} : { headers: { Accept: accept } });
}

async function search(path: string): Promise<readonly DicomJsonDataset[]> {
  const response = await get(path, 'application/dicom+json');
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/dicom\+json/);
  return (await response.json()) as DicomJsonDataset[];
}

async function parts(response: Response): Promise<readonly { type: string; body: Buffer }[]> {
  const found: { type: string; body: Buffer }[] = [];
  const bytes = new Uint8Array(await response.arrayBuffer());
  const message = (async function* () {
    await Promise.resolve();
    yield bytes;
  })();
  for await (const part of parseMultipart(message, boundaryOf(response.headers.get('Content-Type') ?? ''))) {
    found.push({ type: part.headers.get('content-type') ?? '', body: Buffer.from(await collectPart(part)) });
  }
  return found;
}

const values = (datasets: readonly DicomJsonDataset[], tag: string): readonly unknown[] =>
  datasets.map(dataset => dataset[tag]?.Value?.[0]);

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20));
}

describe('searching', () => {
  test.each([
    ['', ['1.2.3.1', '1.2.3.2']],
    ['PatientName=doe*', ['1.2.3.1']],
    ['PatientName=*jane*', ['1.2.3.1']],
    ['PatientName=Doe^J?ne^*', ['1.2.3.1']],
    ['PatientName=D?e', []],
    ['PatientName=Jane Doe', []],
    ['PatientName=Jane Doe&fuzzymatching=true', ['1.2.3.1']],
    ['PatientName=jan zol luk&fuzzymatching=true', ['1.2.3.2']],
    ['PatientName=jan kowalski&fuzzymatching=true', []],
    ['PatientName=jan ŻOŁ&fuzzymatching=true', ['1.2.3.2']],
    ['PatientName=*&fuzzymatching=true', ['1.2.3.1', '1.2.3.2']],
    ['00100010=doe*', ['1.2.3.1']],
    ['00100020=P2', ['1.2.3.2']],
    ['PatientID=p?', ['1.2.3.1', '1.2.3.2']],
    ['PatientID=P', []],
    ['PatientID=', ['1.2.3.1', '1.2.3.2']],
    ['AccessionNumber=A_2', ['1.2.3.2']],
    ['AccessionNumber=A__', []],
    ['StudyDescription=50%25*', ['1.2.3.2']],
    ['StudyDescription=*%25*', ['1.2.3.2']],
    ['StudyDescription=%25', []],
    ['StudyDate=20240229', ['1.2.3.1']],
    ['StudyDate=20230101-20231231', ['1.2.3.2']],
    ['StudyDate=20240101-', ['1.2.3.1']],
    ['StudyDate=-20240229', ['1.2.3.1', '1.2.3.2']],
    ['StudyDate=-20221231', []],
    ['StudyTime=08-0930', ['1.2.3.2']],
    ['StudyTime=1015', ['1.2.3.1']],
    ['ModalitiesInStudy=CT', ['1.2.3.1']],
    ['ModalitiesInStudy=CT,SEG', ['1.2.3.1', '1.2.3.2']],
    ['ModalitiesInStudy=CT%5CSEG', ['1.2.3.1', '1.2.3.2']],
    ['ModalitiesInStudy=PT', []],
    ['SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.66.4', ['1.2.3.2']],
    ['StudyInstanceUID=1.2.3.2,1.2.3.99', ['1.2.3.2']],
    ['StudyInstanceUID=1.2.3.2&StudyInstanceUID=1.2.3.1', ['1.2.3.1', '1.2.3.2']],
    ['SeriesInstanceUID=1.2.3.2.2', ['1.2.3.2']],
    ['ReferringPhysicianName=house*&PatientID=P1', ['1.2.3.1']],
    ['limit=1', ['1.2.3.1']],
    ['limit=1&offset=1', ['1.2.3.2']],
    ['offset=2', []],
    ['limit=0', []],
    ['someViewerParameter=1', ['1.2.3.1', '1.2.3.2']],
  ])('finds the studies of "%s", newest first', async (query, expected) => {
    expect(values(await search(`/studies?${query}`), '0020000D')).toEqual(expected);
  });

  test('tells of a study what PS3.18 asks for, and no more unless it is asked', async () => {
    const [study] = await search('/studies?PatientID=P2');
    expect(study).toMatchObject({
      '00080020': { vr: 'DA', Value: ['20230115'] },
      '00080050': { vr: 'SH', Value: ['A_2'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['MR', 'OT', 'SEG', 'SR'] },
      '00080090': { vr: 'PN', Value: [{ Alphabetic: 'House^Gregory' }] },
      '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2.3.2'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Łukasz^Żółty^Jan' }] },
      '00201206': { vr: 'IS', Value: [4] },
      '00201208': { vr: 'IS', Value: [4] },
    });
    expect(study).not.toHaveProperty('0020000E');
  });

  test('says that there is more than the page holds', async () => {
    expect((await get('/studies?limit=1')).headers.get('Warning')).toMatch(/^299 /);
    expect((await get('/studies?limit=2')).headers.get('Warning')).toBeNull();
  });

  test('lists the series of a study by number, with their counts', async () => {
    const series = await search('/studies/1.2.3.2/series');
    expect(values(series, '00080060')).toEqual(['MR', 'SEG', 'OT', 'SR']);
    expect(values(series, '00201209')).toEqual([1, 1, 1, 1]);
    expect(values(series, '00100010')).toEqual([undefined, undefined, undefined, undefined]);
    expect(values(await search('/studies/1.2.3.2/series?Modality=SEG'), '0020000E')).toEqual(['1.2.3.2.2']);
    expect(await search('/studies/1.2.3.77/series')).toEqual([]);
  });

  test('lists the instances of a series by number', async () => {
    const instances = await search('/studies/1.2.3.1/series/1.2.3.1.1/instances');
    expect(values(instances, '00080018')).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3']);
    expect(instances[0]).toMatchObject({ '00280010': { Value: [2] }, '00280011': { Value: [3] } });
    expect(values(await search('/studies/1.2.3.1/instances?InstanceNumber=2'), '00080018')).toEqual([
      '1.2.3.1.1.2',
    ]);
  });

  test('searches all series and instances, with the attributes of the levels above', async () => {
    const series = await search('/series?Modality=CT');
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ '00100020': { Value: ['P1'] }, '00081190': { vr: 'UR' } });
    const instances = await search('/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.66.4');
    expect(values(instances, '00100020')).toEqual(['P2']);
    expect(values(instances, '00280008')).toEqual([3]);
  });

  test('returns further attributes where includefield names them', async () => {
    const path = '/studies/1.2.3.1/series/1.2.3.1.1/instances?limit=1';
    const tags = async (fields: string): Promise<readonly string[]> =>
      Object.keys((await search(path + fields))[0] ?? {});
    expect(await tags('')).not.toContain('00280101');
    expect(await tags('&includefield=BitsStored')).toContain('00280101');
    expect(await tags('&includefield=00280102,BitsStored&includefield=SamplesPerPixel')).toEqual(
      expect.arrayContaining(['00280101', '00280102', '00280002']),
    );
    expect(await tags('&includefield=all')).toEqual(expect.arrayContaining(['00280103', '00280004']));
  });

  test.each([
    '/studies?limit=-1',
    '/studies?offset=x',
    '/studies?fuzzymatching=perhaps',
    '/studies?NumberOfStudyRelatedSeries=2',
    '/instances?InstanceNumber=two',
    '/instances?PixelData=1',
    '/studies?ReferencedStudySequence.ReferencedSOPInstanceUID=1',
    '/studies/1..2/series',
    '/studies/..%2F..%2Fetc/series',
  ])('answers %s with invalid-request', async path => {
    const response = await get(path);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid-request' }]);
  });
});

describe('retrieving', () => {
  test.each([
    undefined,
    '*/*',
    'multipart/related; type="application/dicom"; transfer-syntax=*',
    'multipart/related',
  ])('sends the files of a series as they were stored (Accept: %s)', async accept => {
    const response = await get('/studies/1.2.3.1/series/1.2.3.1.1', accept);
    expect(response.status).toBe(200);
    const files = await parts(response);
    expect(files.map(({ type }) => type)).toEqual(
      Array<string>(3).fill(`application/dicom; transfer-syntax=${EXPLICIT}`),
    );
    expect(files.every(({ body }, index) => body.equals(SAMPLES[index] ?? Buffer.alloc(0)))).toBe(true);
  });

  test('sends one instance by itself as application/dicom', async () => {
    const response = await get(
      '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.2',
      'application/dicom',
    );
    expect(response.headers.get('Content-Type')).toMatch(/^application\/dicom\b/);
    expect(Buffer.from(await response.arrayBuffer()).equals(SAMPLES[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test.each([
    ['/studies/1.2.3.1', 'text/html', 406, 'not-acceptable'],
    ['/studies/1.2.3.1', 'application/dicom', 406, 'not-acceptable'],
    [
      '/studies/1.2.3.1',
      'multipart/related; type="application/dicom"; transfer-syntax=1.2',
      406,
      'not-acceptable',
    ],
    ['/studies/9.9', '*/*', 404, 'not-found'],
    ['/studies/9.9/metadata', '*/*', 404, 'not-found'],
    ['/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/2', '*/*', 404, 'not-found'],
    ['/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/0', '*/*', 400, 'invalid-request'],
    ['/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/x', '*/*', 400, 'invalid-request'],
    ['/studies/1.2.3.2/series/1.2.3.2.4/instances/1.2.3.2.4.1/frames/1', '*/*', 404, 'not-found'],
    ['/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/bulkdata/00420011', '*/*', 404, 'not-found'],
    [
      '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/bulkdata/..%2F..%2Fx',
      '*/*',
      400,
      'invalid-request',
    ],
    ['/studies/1.2.3.2/series/1.2.3.2.4/rendered', '*/*', 404, 'not-found'],
    ['/studies/1.2.3.1/rendered', 'image/gif', 406, 'not-acceptable'],
    ['/studies/1.2.3.1/rendered?window=1,0,linear', '*/*', 400, 'invalid-request'],
    ['/studies/1.2.3.1/rendered?viewport=0,5', '*/*', 400, 'invalid-request'],
  ])('answers %s (Accept: %s) with %i', async (path, accept, status, code) => {
    const response = await get(path, accept);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('gives metadata of every level, pixel data by address', async () => {
    for (const path of ['/studies/1.2.3.1', '/studies/1.2.3.1/series/1.2.3.1.1']) {
      const datasets = await search(`${path}/metadata`);
      expect(values(datasets, '00080018')).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3']);
      expect(values(datasets, '00083002')).toEqual([EXPLICIT, EXPLICIT, EXPLICIT]);
    }
    const instance = '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.3';
    const [dataset] = await search(`${instance}/metadata`);
    const address = dataset?.['7FE00010']?.BulkDataURI ?? '';
    expect(address).toBe(`/dicom-web${instance}/bulkdata/7FE00010`);
    const bulk = await get(address.replace('/dicom-web', ''), 'application/octet-stream');
    expect(Buffer.from(await bulk.arrayBuffer())).toEqual(imageAttributes()['PixelData']);
    const [part] = await parts(await get(address.replace('/dicom-web', ''), 'multipart/related'));
    expect(part?.body).toEqual(imageAttributes()['PixelData']);
  });

  test('gives frames as OHIF asks for them', async () => {
    const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
    const response = await get('/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/1', accept);
    const [frame] = await parts(response);
    expect(frame).toEqual({
      type: `application/octet-stream; transfer-syntax=${EXPLICIT}`,
      body: imageAttributes()['PixelData'],
    });
  });

  test('starts every frame of 1-bit pixel data at a byte border, with nothing of its neighbours', async () => {
    const path = '/studies/1.2.3.2/series/1.2.3.2.2/instances/1.2.3.2.2.1';
    const frames = await parts(await get(`${path}/frames/3,1,2`));
    expect(frames.map(({ body }) => body)).toEqual([
      packBits('101010101'),
      packBits('111111111'),
      packBits('000000000'),
    ]);
    const whole = await get(`${path}/bulkdata/7FE00010`, 'application/octet-stream');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(
      packBits('111111111' + '000000000' + '101010101' + '11111'),
    );
  });

  test.each([
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', 'application/octet-stream', RLE],
    ['multipart/related; type=image/dicom-rle', 'image/dicom-rle', RLE],
    ['multipart/related; type="image/*"; transfer-syntax=*', 'image/dicom-rle', RLE],
    ['*/*', 'image/dicom-rle', RLE],
    ['multipart/related; type=application/octet-stream', 'application/octet-stream', EXPLICIT],
    [
      `multipart/related; type=application/octet-stream; transfer-syntax=${EXPLICIT}`,
      'application/octet-stream',
      EXPLICIT,
    ],
  ])('gives a compressed frame as accepted: %s', async (accept, type, transferSyntaxUID) => {
    const response = await get('/studies/1.2.3.2/series/1.2.3.2.3/instances/1.2.3.2.3.1/frames/1', accept);
    const [frame] = await parts(response);
    expect(frame?.type).toBe(`${type}; transfer-syntax=${transferSyntaxUID}`);
    expect(frame?.body).toEqual(transferSyntaxUID === RLE ? RLE_FRAME : Buffer.from([0, 1, 2, 3, 4, 5]));
  });

  test('refuses a compressed frame in a transfer syntax that it is not in', async () => {
    const accept = 'multipart/related; type=image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50';
    expect(
      (await get('/studies/1.2.3.2/series/1.2.3.2.3/instances/1.2.3.2.3.1/frames/1', accept)).status,
    ).toBe(406);
  });

  test('draws pictures with the window of the values, or the one asked for', async () => {
    const path = '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1';
    const grey = async (query: string): Promise<readonly number[]> => {
      const response = await get(`${path}/rendered${query}`, 'image/png');
      const picture = PNG.sync.read(Buffer.from(await response.arrayBuffer()));
      expect([picture.width, picture.height]).toEqual([3, 2]);
      return Array.from({ length: 6 }, (_, index) => picture.data[index * 4] ?? -1);
    };
    expect(await grey('')).toEqual([0, 51, 102, 153, 204, 255]);
    expect(await grey('?window=100,1,linear')).toEqual([0, 255, 255, 255, 255, 255]);
  });

  test('draws JPEG by default, scaled into the viewport with its proportions kept', async () => {
    const size = async (path: string): Promise<readonly number[]> => {
      const response = await get(path);
      expect(response.headers.get('Content-Type')).toBe('image/jpeg');
      const { width, height } = decodeJpeg(Buffer.from(await response.arrayBuffer()));
      return [width, height];
    };
    expect(await size('/studies/1.2.3.1/series/1.2.3.1.1/rendered')).toEqual([3, 2]);
    expect(await size('/studies/1.2.3.1/rendered?viewport=60,60&quality=80')).toEqual([60, 40]);
    expect(await size('/studies/1.2.3.1/thumbnail')).toEqual([128, 85]);
    expect(await size('/studies/1.2.3.2/series/1.2.3.2.2/instances/1.2.3.2.2.1/frames/3/rendered')).toEqual([
      3, 3,
    ]);
    expect(await size('/studies/1.2.3.2/series/1.2.3.2.3/instances/1.2.3.2.3.1/frames/1/thumbnail')).toEqual([
      128, 85,
    ]);
  });
});

describe('storing', () => {
  const other = (n: number): Buffer =>
    file({ StudyInstanceUID: '1.2.3.5', SeriesInstanceUID: '1.2.3.5.1', SOPInstanceUID: `1.2.3.5.1.${n}` });

  test('reports partial success with 202, full failure with 409, and removes what DELETE names', async () => {
    const conflicting = file({ PatientID: 'other' });
    const partial = await stow([other(1), conflicting, Buffer.from('no')], '/studies');
    expect(partial.status).toBe(202);
    expect(await partial.json()).toEqual({
      '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2.3.5'] },
      '00081198': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.2.3.1.1.1'] },
            '00081197': { vr: 'US', Value: [0x0111] },
          },
        ],
      },
      '00081199': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.2.3.5.1.1'] },
            '00081190': {
              vr: 'UR',
              Value: ['/dicom-web/studies/1.2.3.5/series/1.2.3.5.1/instances/1.2.3.5.1.1'],
            },
          },
        ],
      },
      '0008119A': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }] },
    });
    expect((await stow([other(2)], '/studies/1.2.3.6')).status).toBe(409);
    const remove = (): Promise<Response> => fetch(`${root}/studies/1.2.3.5`, { method: 'DELETE' });
    expect((await remove()).status).toBe(204);
    expect(await search('/studies/1.2.3.5/series')).toEqual([]);
    expect((await remove()).status).toBe(404);
  });

  test.each([
    ['application/dicom', 'x', 415],
    ['multipart/related; type="application/dicom+json"; boundary=b', '--b--', 415],
    [
      'multipart/related; type="application/dicom"; boundary=b',
      '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--',
      415,
    ],
    ['multipart/related; type="application/dicom"', 'x', 400],
    ['multipart/related; type="application/dicom"; boundary=b', '--b--', 400],
    ['multipart/related; type="application/dicom"; boundary=b', '--b\r\n\r\nx', 400],
  ])('answers a body of %s with %p by %i', async (contentType, body, status) => {
    const response = await fetch(`${root}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
    });
    expect(response.status).toBe(status);
  });

  test('keeps the whole instances of a sender that hangs up, and nothing of the broken one', async () => {
    const request = httpRequest(`${root}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=sep' },
    });
    request.on('error', () => undefined);
    const head = '--sep\r\nContent-Type: application/dicom\r\n\r\n';
    request.write(
      Buffer.concat([Buffer.from(head), other(7), Buffer.from(`\r\n${head}`), other(8).subarray(0, 400)]),
    );
    const uids = async (): Promise<readonly unknown[]> =>
      values(await search('/studies/1.2.3.5/instances'), '00080018');
    const placed = join(folder, '1.2.3.5', '1.2.3.5.1', '1.2.3.5.1.7.dcm');
    await until(() => Promise.resolve(existsSync(placed)));
    request.destroy();
    await until(async () => (await uids()).length > 0);
    expect(await uids()).toEqual(['1.2.3.5.1.7']);
    await archive.remove({ studyInstanceUID: '1.2.3.5' });
  });
});
