import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { FakeArchive, type Answer } from '../../../../test/fixtures/fakeArchive.ts';
import { ArchiveHttp, textOf } from './archiveHttp.ts';

const PATIENT = { idleTimeoutMs: 20_000, retryDelaysMs: [] };
const TEXT = 'a reply of an archive';

let fake: FakeArchive | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function answered(answer: Answer): Promise<string> {
  fake = await FakeArchive.start(answer);
  const http = new ArchiveHttp(fake.url.replace('//', '//me:pass@'), PATIENT);
  const reply = await http.get('/studies', 'text/plain', new AbortController().signal);
  return `${reply.status} ${await textOf(reply)}`;
}

test('a reply that comes compressed although none was asked for is read', async () => {
  const reply = answered((_, response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync(TEXT)));
  expect(await reply).toBe(`200 ${TEXT}`);
});

test('a compressed reply that is cut short is damaged, not short', async () => {
  const reply = answered((_, response) =>
    response.setHeader('Content-Encoding', 'gzip').end(gzipSync(TEXT).subarray(0, -12)),
  );
  await expect(reply).rejects.toMatchObject({ code: 'archive-unreachable' });
});

test('an archive that sends one elsewhere is followed, with credentials where it stays the same host', async () => {
  const reply = answered((request, response) => {
    if (request.url === '/rs/studies') response.writeHead(307, { Location: '/new/home' }).end();
    else response.end(`${request.url} ${request.headers.authorization}`);
  });
  expect(await reply).toBe(`200 /new/home Basic ${Buffer.from('me:pass').toString('base64')}`);
});

test('an archive that sends one elsewhere for ever is not followed for ever', async () => {
  const reply = await answered((request, response) =>
    response.writeHead(307, { Location: `${request.url}x` }).end(),
  );
  expect(reply).toMatch(/^307/);
  expect(fake?.requests.length).toBeLessThan(30);
});
