import { afterEach, expect, test } from '@jest/globals';
import { FakeArchive, type Answer } from '../../../../test/fixtures/fakeArchive.ts';
import { RemoteArchive } from './remoteArchive.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const never = new AbortController().signal;
const MEGABYTE = 1024 ** 2;

let fake: FakeArchive | undefined;
/** Bytes that the fake has been rid of. */
let sent = 0;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
  sent = 0;
});

/** A list that goes on, where not more than a hundred times the limit is wanted. */
const endless: Answer = (_, response) => {
  response.setHeader('Content-Type', 'application/dicom+json').write('[');
  const more = (): void => {
    while (!response.destroyed && sent < 100 * MEGABYTE) {
      sent += MEGABYTE;
      if (!response.write(' '.repeat(MEGABYTE))) return void response.once('drain', more);
    }
    response.end(']');
  };
  more();
};

async function archiveThat(answer: Answer, maxTextBytes = MEGABYTE): Promise<RemoteArchive> {
  fake = await FakeArchive.start(answer);
  return new RemoteArchive(fake.url, { retryDelaysMs: [], maxTextBytes });
}

test('a search that is answered without end is given up at the limit, and says which', async () => {
  const archive = await archiveThat(endless);
  await expect(archive.countInstances(SERIES, never)).rejects.toMatchObject({
    ...{ code: 'archive-rejected', facts: { archiveStatus: 200, maxReplyBytes: MEGABYTE } },
  });
  expect(sent).toBeLessThan(50 * MEGABYTE);
});

test('so is the list of a series that the archive does not hand out as a whole', async () => {
  const archive = await archiveThat((request, response, attempt) => {
    if (request.url?.includes('/instances')) endless(request, response, attempt);
    else response.writeHead(404).end();
  });
  const files = archive.retrieveSeries(SERIES, never);
  await expect(files[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    facts: { maxReplyBytes: MEGABYTE },
  });
});

test('a list of ever new pages ends', async () => {
  let pages = 0;
  const archive = await archiveThat((request, response) => {
    if (!request.url?.includes('/instances') || ++pages > 40) return void response.writeHead(404).end();
    const uids = Array.from({ length: 40_000 }, (_, n) => `1.2.3.${pages}.${n}`);
    response.setHeader('Content-Type', 'application/dicom+json');
    response.end(JSON.stringify(uids.map(uid => ({ '00080018': { vr: 'UI', Value: [uid] } }))));
  }, 16 * MEGABYTE);
  const files = archive.retrieveSeries(SERIES, never);
  await expect(files[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'archive-rejected' });
  expect(pages).toBeLessThan(10);
}, 120_000);
