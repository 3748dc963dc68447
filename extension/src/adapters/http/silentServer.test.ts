import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NoAnswer, NoAnswerInTime } from '../../domain/failure.ts';
import { httpLearningApi } from './httpLearningApi.ts';
import { httpSegmentationApi } from './httpSegmentationApi.ts';

const PATIENCE = { lookUpMs: 500, workMs: 1500, pieceMs: 500, caseMs: 500 };
/** Many of them take longer than a look-up may, and each is waited for. */
const BETWEEN_PIECES_MS = 130;
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

/** What came of it. */
function met(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

describe('a server that takes a request and never answers', () => {
  test('is given up, sooner where it only has to look something up, and is told so', async () => {
    const ended: ('look-up' | 'work')[] = [];
    const asked = (kind: 'look-up' | 'work', reply: Promise<unknown>): Promise<unknown> =>
      met(reply).finally(() => ended.push(kind));
    const errors = await Promise.all([
      ...[api.find(SERIES), api.warm(SERIES), learning.tasks()].map(reply => asked('look-up', reply)),
      asked('work', api.addPrompt('id', 1, CLICK, true)),
      asked('work', api.readMasks('id')),
      asked('work', api.store('id', 1)),
      asked('work', learning.run('t', SERIES, null)),
    ]);
    for (const error of errors) expect(error).toBeInstanceOf(NoAnswerInTime);
    expect(ended).toEqual([...Array<string>(3).fill('look-up'), ...Array<string>(4).fill('work')]);
    while (gone < errors.length) await new Promise(resolve => setTimeout(resolve, 10));
  });

  test('is given up, too, where it falls silent in the middle of an answer', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"segmentations":');
    };
    expect(await met(api.find(SERIES))).toBeInstanceOf(NoAnswerInTime);
  });

  test('is waited for while pieces of an answer come, however long the whole takes', async () => {
    const pieces = ['{"segmen', 'tations"', ':[{"id":', '"found"', '}]', '}'];
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const timer = setInterval(() => {
        const piece = pieces.shift();
        if (piece !== undefined) response.write(piece);
        else {
          clearInterval(timer);
          response.end();
        }
      }, BETWEEN_PIECES_MS);
    };
    expect(await api.find(SERIES)).toEqual({ id: 'found' });
  });

  test('is no answer at all where the connection breaks', async () => {
    answer = (_, response) => response.destroy();
    const error = await met(api.find(SERIES));
    expect(error).toBeInstanceOf(NoAnswer);
    expect(error).not.toBeInstanceOf(NoAnswerInTime);
  });
});

test('cases to learn from are looked at one after the other, and waited for so much longer', async () => {
  answer = (_, response) => {
    response.setHeader('Content-Type', 'application/json');
    setTimeout(() => response.end('{}'), PATIENCE.workMs + 2 * PATIENCE.caseMs);
  };
  const requestOf = (cases: number): Parameters<typeof learning.begin>[0] => ({
    title: 'Livers',
    cases: Array.from({ length: cases }, () => ({ kind: 'workspace', segmentationId: 's' }) as const),
  });
  const [few, many] = [requestOf(1), requestOf(6)];
  const asked = [learning.begin(few), learning.begin(many), learning.preview(many)].map(met);
  expect(await Promise.all(asked)).toEqual([expect.any(NoAnswerInTime), undefined, undefined]);
});
