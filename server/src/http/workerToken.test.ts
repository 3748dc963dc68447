import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import { problemResponse } from './problemResponse.ts';
import { requestId } from './requestId.ts';
import { workerToken } from './workerToken.ts';

async function statusOf(expected: string | undefined, authorization?: string): Promise<number> {
  const app = express();
  app.use(requestId, workerToken(expected), (_request, response) => void response.sendStatus(200));
  app.use(problemResponse(pino({ level: 'silent' })));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { ...(authorization !== undefined && { Authorization: authorization }) };
  const { status } = await fetch(`http://127.0.0.1:${port}/`, { headers });
  server.close();
  return status;
}

test('where a token is set, only who shows it comes in; where none is, everybody', async () => {
  const token = 'a-token-of-some-length';
  expect(await statusOf(token, `Bearer ${token}`)).toBe(200);
  for (const shown of [undefined, token, `Bearer ${token}x`, 'Bearer', `Basic ${token}`]) {
    expect(await statusOf(token, shown)).toBe(401);
  }
  expect(await statusOf(undefined)).toBe(200);
});
