import { createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import { EXPLICIT_LITTLE_ENDIAN } from '../../formats/part10.ts';
import type { DicomWebArchive, PixelData } from '../../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../../ports/frameDecoder.ts';
import type { PictureEncoder } from '../../ports/pictureEncoder.ts';
import { dicomWebRouter } from '../routes/dicomWeb.ts';

const INSTANCE = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', sopInstanceUID: '1.4' };
const CHUNK = 2 ** 18;
const CHUNKS = 512;

let server: Server;
let path = '';
let [chunksRead, isClosed] = [0, false];

function pixelData(): Promise<PixelData> {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (; chunksRead < CHUNKS; chunksRead++) yield await Promise.resolve(new Uint8Array(CHUNK));
    } finally {
      isClosed = true;
    }
  }
  return Promise.resolve({ byteLength: CHUNK * CHUNKS, chunks: chunks() });
}

beforeEach(async () => {
  [chunksRead, isClosed] = [0, false];
  const archive = {
    instances: () => Promise.resolve([INSTANCE]),
    frames: () => Promise.resolve({ transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN }),
    pixelData,
    bulkData: async () => {
      const parts: Uint8Array[] = [];
      for await (const part of (await pixelData()).chunks) parts.push(part);
      return Buffer.concat(parts);
    },
  } as unknown as DicomWebArchive;
  const router = dicomWebRouter(archive, {} as FrameDecoder, {} as PictureEncoder);
  server = createServer(express().use(router) as RequestListener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  path = `http://127.0.0.1:${port}/studies/1.2/series/1.3/instances/1.4/bulkdata/7FE00010`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise(resolve => server.close(resolve));
});

test.each(['application/octet-stream', 'multipart/related; type="application/octet-stream"'])(
  'pixel data are read no faster than they are taken, and no further when nobody takes them: %s',
  async accept => {
    const request = get(path, { headers: { Accept: accept } });
    await new Promise<void>(resolve => request.once('response', reply => resolve(void reply.pause())));
    await delay(300);
    // What sockets hold, and streams.
    expect(chunksRead).toBeLessThan(CHUNKS / 4);
    request.destroy();
    for (let waited = 0; !isClosed && waited < 3000; waited += 50) await delay(50);
    expect(isClosed).toBe(true);
  },
);

test('uncompressed pixel data come whole, with their length', async () => {
  const reply = await fetch(path, { headers: { Accept: 'application/octet-stream' } });
  expect(reply.headers.get('content-length')).toBe(String(CHUNK * CHUNKS));
  expect((await reply.arrayBuffer()).byteLength).toBe(CHUNK * CHUNKS);
});
