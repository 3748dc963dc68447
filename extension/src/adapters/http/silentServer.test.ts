import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NoAnswer, NoAnswerInTime } from '../../domain/failure.ts';
import { httpLearningApi } from './httpLearningApi.ts';
import { httpSegmentationApi } from './httpSegmentationApi.ts';

const PATIENCE = { lookUpMs: 100, workMs: 400, pieceMs: 100 };
const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
const CLICK = {
  promptId: 'p',
  prompt: {
    kind: 'point' as const,
    pointLps: [1, 2, 3] as [number, number, number],
    polarity: 'include' as const,
  },
};

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let gone: number;
let api: ReturnType<typeof httpSegmentationApi>;
let learning: ReturnType<typeof httpLearningApi>;

beforeEach(async () => {
  gone = 0;
  answer = () => undefined;
  server = createServer((request, response) => {
    response.once('close', () => (gone += response.writableFinished ? 0 : 1));
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api = httpSegmentationApi(root, fetch, PATIENCE);
  learning = httpLearningApi(root, fetch, PATIENCE);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** What came of it, and how long it took. */
async function met(asked: Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const start = performance.now();
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - start };
}

describe('a server that takes a request and never answers', () => {
  test('is given up, sooner where it only has to look something up, and is told so', async () => {
    const lookUps = [api.find(SERIES), api.warm(SERIES), learning.tasks()].map(met);
    const works = [
      api.addPrompt('id', 1, CLICK, true),
      api.readMasks('id'),
      api.store('id', 1),
      learning.run('t', SERIES, null),
    ].map(met);
    for (const { error, ms } of await Promise.all(lookUps)) {
      expect(error).toBeInstanceOf(NoAnswerInTime);
      expect(ms).toBeLessThan(PATIENCE.workMs);
    }
    for (const { error, ms } of await Promise.all(works)) {
      expect(error).toBeInstanceOf(NoAnswerInTime);
      expect(ms).toBeGreaterThan(PATIENCE.workMs - 20);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(gone).toBe(lookUps.length + works.length);
  });

  test('is given up, too, where it falls silent in the middle of an answer', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"segmentations":');
    };
    const { error, ms } = await met(api.find(SERIES));
    expect(error).toBeInstanceOf(NoAnswerInTime);
    expect(ms).toBeLessThan(PATIENCE.workMs);
  });

  test('is waited for while pieces of an answer come, however long the whole takes', async () => {
    const pieces = ['{"segmen', 'tations"', ':[{"id":', '"found"', '}]}'];
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const timer = setInterval(() => {
        const piece = pieces.shift();
        if (piece !== undefined) response.write(piece);
        else {
          clearInterval(timer);
          response.end();
        }
      }, 60);
    };
    expect(await api.find(SERIES)).toEqual({ id: 'found' });
  });

  test('is no answer at all where the connection breaks', async () => {
    answer = (_, response) => response.destroy();
    const { error } = await met(api.find(SERIES));
    expect(error).toBeInstanceOf(NoAnswer);
    expect(error).not.toBeInstanceOf(NoAnswerInTime);
  });
});
