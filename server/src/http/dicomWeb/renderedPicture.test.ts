import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import express from 'express';
import type { DicomWebArchive } from '../../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../../ports/frameDecoder.ts';
import type { PictureEncoder } from '../../ports/pictureEncoder.ts';
import { dicomWebRouter } from '../routes/dicomWeb.ts';

let server: Server | undefined;
afterEach(() => new Promise(resolve => server?.close(resolve)));

test('few images are in memory at a time, however many pictures are asked for', async () => {
  let [inMemory, most] = [0, 0];
  const instance = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', sopInstanceUID: '1.4' };
  const archive = {
    instances: () => Promise.resolve([instance]),
    async *metadata() {
      await Promise.resolve();
      yield '{}';
    },
    frames: () => Promise.resolve({ transferSyntaxUID: '1.2.840.10008.1.2.4.70' }),
    async frameFile() {
      most = Math.max(most, ++inMemory);
      await delay(200);
      return new Uint8Array(1);
    },
  } as unknown as DicomWebArchive;
  const decoder = {
    decodeFrame: () => {
      inMemory--;
      return Promise.resolve({ rows: 1, columns: 1, samplesPerPixel: 1, pixels: new Uint8Array(1) });
    },
  } as unknown as FrameDecoder;
  const pictures: PictureEncoder = { encode: () => Promise.resolve(new Uint8Array(1)) };
  const app = express().use(dicomWebRouter(archive, decoder, pictures));
  server = createServer(app as RequestListener);
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const path = `http://127.0.0.1:${port}/studies/1.2/series/1.3/instances/1.4/rendered`;
  const replies = await Promise.all(Array.from({ length: 20 }, () => fetch(path)));
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  expect(most).toBeLessThanOrEqual(4);
});
