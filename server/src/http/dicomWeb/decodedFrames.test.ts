import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import type { DicomWebArchive } from '../../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../../ports/frameDecoder.ts';
import type { PictureEncoder } from '../../ports/pictureEncoder.ts';
import { dicomWebRouter } from '../routes/dicomWeb.ts';

const INSTANCE = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', sopInstanceUID: '1.4' };
const DECODING_MS = 200;

let server: Server;
let path = '';
let [underWay, most, decoded] = [0, 0, 0];

/** What is held until it is decoded, a whole file or a frame of it. */
function read(): Promise<Uint8Array> {
  most = Math.max(most, ++underWay);
  return Promise.resolve(new Uint8Array(1));
}

beforeEach(async () => {
  [underWay, most, decoded] = [0, 0, 0];
  const archive = {
    instances: () => Promise.resolve([INSTANCE]),
    frames: (_instance: unknown, frameNumbers: readonly number[]) =>
      Promise.resolve({ transferSyntaxUID: '1.2.840.10008.1.2.4.70', frameNumbers }),
    frameFile: read,
    async *read() {
      yield await read();
    },
  } as unknown as DicomWebArchive;
  const decoder = {
    decodeFrame: async () => {
      await delay(DECODING_MS);
      underWay--;
      decoded++;
      return { rows: 1, columns: 1, samplesPerPixel: 1, pixels: new Uint8Array(1) };
    },
  } as unknown as FrameDecoder;
  const pictures: PictureEncoder = { encode: () => Promise.resolve(new Uint8Array(1)) };
  server = createServer(express().use(dicomWebRouter(archive, decoder, pictures)) as RequestListener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  path = `http://127.0.0.1:${port}/studies/1.2/series/1.3/instances/1.4/frames/1,2`;
});
afterEach(() => new Promise(resolve => server.close(resolve)));

const ask = (signal?: AbortSignal): Promise<Response> =>
  fetch(path, {
    headers: { Accept: 'multipart/related; type=application/octet-stream' },
    ...(signal && { signal }),
  });

test('few frames are decoded at a time, however many are asked for, and all are answered', async () => {
  const replies = await Promise.all(Array.from({ length: 12 }, () => ask()));
  for (const reply of replies)
    expect([reply.status, (await reply.text()).split('\r\n--').length]).toEqual([200, 3]);
  expect(decoded).toBe(24);
  expect(most).toBeLessThanOrEqual(4);
});

test('who goes away while waiting takes nobody’s place', async () => {
  const leaving = new AbortController();
  const left = Array.from({ length: 20 }, () => ask(leaving.signal).then(reply => reply.text()));
  await delay(DECODING_MS / 2);
  leaving.abort();
  await Promise.allSettled(left);
  expect((await ask()).status).toBe(200);
  // Those that were being decoded as they left, and one's own; each of those who left had asked for two.
  expect(decoded).toBeLessThan(left.length);
});
