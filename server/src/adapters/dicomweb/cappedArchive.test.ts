import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeArchive, namedFile, sendParts } from '../../../../test/fixtures/fakeArchive.ts';
import { sopInstanceUIDOf } from '../../formats/part10.ts';
import { RemoteArchive } from './remoteArchive.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const SERIES_PATH = '/rs/studies/1.2/series/1.2.3';
const UIDS = Array.from({ length: 20 }, (_, n) => `1.2.3.${n + 1}`);
const PATIENT = { idleTimeoutMs: 20_000, totalTimeoutMs: 60_000, retryDelaysMs: [1, 5] };
const CAP = 8;

let fake: FakeArchive | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

interface Capped {
  /** What it hands out of the whole series; it does not serve whole series where absent. */
  readonly whole?: readonly string[];
  /** What it lists from an offset on. */
  readonly page: (offset: number) => readonly string[];
  /** NumberOfSeriesRelatedInstances; it does not say where absent. */
  readonly count?: number;
  /** It hands out frames, and no instances. */
  readonly hasFramesOnly?: true;
  /** What it has metadata of; it has none to give where absent. */
  readonly described?: readonly string[];
}

/** Retrieves from an archive that hands out every instance that it is asked for by name. */
async function uidsFrom({ whole, page, count, hasFramesOnly, described }: Capped): Promise<string[]> {
  fake = await FakeArchive.start((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://archive');
    if (pathname === SERIES_PATH) {
      return whole ? sendParts(response, whole.map(namedFile)) : void response.writeHead(406).end();
    }
    if (pathname === '/rs/studies/1.2/series') {
      return sendJson(response, count === undefined ? {} : { '00201209': { vr: 'IS', Value: [count] } });
    }
    if (pathname === `${SERIES_PATH}/metadata`) {
      return described ? sendList(response, described) : void response.writeHead(501).end();
    }
    if (pathname === `${SERIES_PATH}/instances`) {
      return sendList(response, page(Number(searchParams.get('offset'))));
    }
    if (hasFramesOnly) return void response.writeHead(406).end();
    sendParts(response, [namedFile(pathname.slice(`${SERIES_PATH}/instances/`.length))]);
  });
  const archive = new RemoteArchive(fake.url, PATIENT);
  const uids: string[] = [];
  for await (const file of archive.retrieveSeries(SERIES, new AbortController().signal))
    uids.push(sopInstanceUIDOf(file) ?? 'unnamed');
  return uids;
}

function sendJson(response: ServerResponse, ...datasets: readonly object[]): void {
  response.setHeader('Content-Type', 'application/dicom+json').end(JSON.stringify(datasets));
}

function sendList(response: ServerResponse, uids: readonly string[]): void {
  sendJson(response, ...uids.map(uid => ({ '00080018': { vr: 'UI', Value: [uid] } })));
}

const first = (): readonly string[] => UIDS.slice(0, CAP);

describe('an archive that lists some instances at a time', () => {
  test('is asked until it has listed all', async () => {
    expect(await uidsFrom({ page: offset => UIDS.slice(offset, offset + CAP), count: 20 })).toEqual(UIDS);
  });

  test('and always the same ones has no whole series to give', async () => {
    for (const count of [{ count: 20 }, {}]) {
      await expect(uidsFrom({ page: first, ...count })).rejects.toMatchObject({ code: 'archive-rejected' });
      await fake?.stop();
    }
  });

  test('and never more than some, wherever one begins, has none either', async () => {
    const capped = { page: (offset: number) => first().slice(offset), count: 20 };
    await expect(uidsFrom(capped)).rejects.toMatchObject({ code: 'archive-rejected' });
  });

  test('in another order each time gives each once, or nothing', async () => {
    let asked = 0;
    const page = (): readonly string[] => UIDS.slice(asked * 5, asked++ * 5 + CAP);
    expect(await uidsFrom({ page, count: 20 })).toEqual(UIDS);
    await fake?.stop();
    asked = 0;
    const leaky = (): readonly string[] => UIDS.slice(asked * 9, asked++ * 9 + CAP);
    await expect(uidsFrom({ page: leaky, count: 20 })).rejects.toMatchObject({ code: 'archive-rejected' });
  });

  test('is helped by metadata of all of them', async () => {
    for (const count of [{ count: 20 }, {}]) {
      expect(await uidsFrom({ page: first, ...count, described: UIDS })).toEqual(UIDS);
      await fake?.stop();
    }
    const part = { page: first, count: 20, described: UIDS.slice(0, 12) };
    await expect(uidsFrom(part)).rejects.toMatchObject({ code: 'archive-rejected' });
  });
});

test('an archive that takes no offset, and lists all at once, is believed', async () => {
  expect(await uidsFrom({ page: () => UIDS, count: 20 })).toEqual(UIDS);
  await fake?.stop();
  expect(await uidsFrom({ page: () => UIDS, described: UIDS })).toEqual(UIDS);
});

test('the count of another series is not taken for that of the series', async () => {
  fake = await FakeArchive.start((_, response) =>
    sendJson(
      response,
      ...['1.2.4', '1.2.3'].map((uid, n) => ({
        '0020000E': { vr: 'UI', Value: [uid] },
        '00201209': { vr: 'IS', Value: [7 + n] },
      })),
    ),
  );
  const archive = new RemoteArchive(fake.url, PATIENT);
  const never = new AbortController().signal;
  expect(await archive.countInstances(SERIES, never)).toBe(8);
  expect(await archive.countInstances({ ...SERIES, seriesInstanceUID: '1.2.9' }, never)).toBe(0);
});

describe('an archive that hands out fewer images at once than it has', () => {
  test('is asked for the others one by one', async () => {
    expect(await uidsFrom({ whole: first(), page: offset => UIDS.slice(offset), count: 20 })).toEqual(UIDS);
  });

  test('and does not list them has no whole series to give', async () => {
    const capped = uidsFrom({ whole: first(), page: first, count: 20 });
    await expect(capped).rejects.toMatchObject({ code: 'archive-unreachable' });
  });

  test('is believed where it says nothing else', async () => {
    for (const count of [{ count: CAP }, { count: CAP - 1 }, {}]) {
      expect(await uidsFrom({ whole: first(), page: () => UIDS, ...count })).toEqual(first());
      await fake?.stop();
    }
  });
});

test('an archive of frames that describes some instances only has no whole series to give', async () => {
  const capped = { page: (offset: number) => UIDS.slice(offset), count: 20, hasFramesOnly: true } as const;
  await expect(uidsFrom({ ...capped, described: [] })).rejects.toMatchObject({ code: 'archive-rejected' });
});
