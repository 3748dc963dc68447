import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { imageAttributes, part10Of } from '../fixtures/part10.ts';
import { EXPLICIT, packBits, RLE, RLE_FRAME, SAMPLES } from './dicomWebSamples.ts';
import { DicomWebServer, OPENING_TIMEOUT_MS, partsOf, valuesOf } from './dicomWebServer.ts';

let web: DicomWebServer;
beforeAll(async () => {
  web = await DicomWebServer.holding(SAMPLES);
}, OPENING_TIMEOUT_MS);
afterAll(() => web.close());

describe('retrieving', () => {
  test.each([
    undefined,
    '*/*',
    'multipart/related; type="application/dicom"; transfer-syntax=*',
    'multipart/related',
  ])('sends the files of a series as they were stored (Accept: %s)', async accept => {
    const response = await web.get('/studies/1.2.3.1/series/1.2.3.1.1', accept);
    expect(response.status).toBe(200);
    const files = await partsOf(response);
    expect(files.map(({ type }) => type)).toEqual(
      Array<string>(3).fill(`application/dicom; transfer-syntax=${EXPLICIT}`),
    );
    expect(files.every(({ body }, index) => body.equals(SAMPLES[index] ?? Buffer.alloc(0)))).toBe(true);
  });

  test('sends one instance by itself as application/dicom', async () => {
    const response = await web.get(
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
    const response = await web.get(path, accept);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('gives metadata of every level, pixel data by address', async () => {
    for (const path of ['/studies/1.2.3.1', '/studies/1.2.3.1/series/1.2.3.1.1']) {
      const datasets = await web.search(`${path}/metadata`);
      expect(valuesOf(datasets, '00080018')).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3']);
      expect(valuesOf(datasets, '00083002')).toEqual([EXPLICIT, EXPLICIT, EXPLICIT]);
    }
    const instance = '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.3';
    const [dataset] = await web.search(`${instance}/metadata`);
    const address = dataset?.['7FE00010']?.BulkDataURI ?? '';
    expect(address).toBe(`/dicom-web${instance}/bulkdata/7FE00010`);
    const bulk = await web.get(address.replace('/dicom-web', ''), 'application/octet-stream');
    expect(Buffer.from(await bulk.arrayBuffer())).toEqual(imageAttributes()['PixelData']);
    const [part] = await partsOf(await web.get(address.replace('/dicom-web', ''), 'multipart/related'));
    expect(part?.body).toEqual(imageAttributes()['PixelData']);
  });

  test('gives frames as OHIF asks for them', async () => {
    const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
    const response = await web.get(
      '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1/frames/1',
      accept,
    );
    const [frame] = await partsOf(response);
    expect(frame).toEqual({
      type: `application/octet-stream; transfer-syntax=${EXPLICIT}`,
      body: imageAttributes()['PixelData'],
    });
  });

  test('starts every frame of 1-bit pixel data at a byte border, with nothing of its neighbours', async () => {
    const path = '/studies/1.2.3.2/series/1.2.3.2.2/instances/1.2.3.2.2.1';
    const frames = await partsOf(await web.get(`${path}/frames/3,1,2`));
    expect(frames.map(({ body }) => body)).toEqual([
      packBits('101010101'),
      packBits('111111111'),
      packBits('000000000'),
    ]);
    const whole = await web.get(`${path}/bulkdata/7FE00010`, 'application/octet-stream');
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
    const response = await web.get(
      '/studies/1.2.3.2/series/1.2.3.2.3/instances/1.2.3.2.3.1/frames/1',
      accept,
    );
    const [frame] = await partsOf(response);
    expect(frame?.type).toBe(`${type}; transfer-syntax=${transferSyntaxUID}`);
    expect(frame?.body).toEqual(transferSyntaxUID === RLE ? RLE_FRAME : Buffer.from([0, 1, 2, 3, 4, 5]));
  });

  test('decodes the frames of a compressed multi-frame object that are asked for, in their order', async () => {
    const frameOf = (value: number): Buffer => {
      const frame = Buffer.from(RLE_FRAME);
      frame[65] = value;
      return frame;
    };
    const { PixelData: _pixels, ...attributes } = imageAttributes({
      ...{ StudyInstanceUID: '1.2.3.9', SeriesInstanceUID: '1.2.3.9.1', SOPInstanceUID: '1.2.3.9.1.1' },
      ...{ NumberOfFrames: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PatientName: 'Łukasz^Żółty' },
    });
    const fragments = [frameOf(11), frameOf(21), frameOf(31)];
    const file = part10Of(attributes, { transferSyntaxUID: RLE, fragments });
    expect((await web.stow([file])).status).toBe(200);
    const path = '/studies/1.2.3.9/series/1.2.3.9.1/instances/1.2.3.9.1.1/frames';
    const accept = 'multipart/related; type=application/octet-stream';
    const frames = await partsOf(await web.get(`${path}/3,1,2`, accept));
    expect(frames.map(({ body }) => [...body])).toEqual([31, 11, 21].map(value => [value, 1, 2, 3, 4, 5]));
    await web.archive.remove({ studyInstanceUID: '1.2.3.9' });
  });

  test('refuses a compressed frame in a transfer syntax that it is not in', async () => {
    const accept = 'multipart/related; type=image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50';
    expect(
      (await web.get('/studies/1.2.3.2/series/1.2.3.2.3/instances/1.2.3.2.3.1/frames/1', accept)).status,
    ).toBe(406);
  });

  test('draws pictures with the window of the values, or the one asked for', async () => {
    const path = '/studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1';
    const grey = async (query: string): Promise<readonly number[]> => {
      const response = await web.get(`${path}/rendered${query}`, 'image/png');
      const picture = PNG.sync.read(Buffer.from(await response.arrayBuffer()));
      expect([picture.width, picture.height]).toEqual([3, 2]);
      return Array.from({ length: 6 }, (_, index) => picture.data[index * 4] ?? -1);
    };
    expect(await grey('')).toEqual([0, 51, 102, 153, 204, 255]);
    expect(await grey('?window=100,1,linear')).toEqual([0, 255, 255, 255, 255, 255]);
  });

  test('draws JPEG by default, scaled into the viewport with its proportions kept', async () => {
    const size = async (path: string): Promise<readonly number[]> => {
      const response = await web.get(path);
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
