import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  FakeArchive,
  MULTIPART_TYPE,
  namedFile,
  partOf,
  sendInstanceList,
  sendParts,
  type Answer,
} from '../../../../test/fixtures/fakeArchive.ts';
import { sopInstanceUIDOf } from '../../formats/part10.ts';
import { RemoteArchive } from './remoteArchive.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const SERIES_PATH = '/rs/studies/1.2/series/1.2.3';
const UIDS = Array.from({ length: 20 }, (_, n) => `1.2.3.${n + 1}`);
const FILES = UIDS.map(namedFile);
/** A busy machine answers late, and is not to be taken for a silent archive. */
const PATIENT = { idleTimeoutMs: 20_000, totalTimeoutMs: 60_000, retryDelaysMs: [1, 5] };
const IMPATIENT = { ...PATIENT, totalTimeoutMs: 1500 };

let fake: FakeArchive | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function uidsFrom(answer: Answer, options = PATIENT): Promise<string[]> {
  fake = await FakeArchive.start(answer);
  const archive = new RemoteArchive(fake.url, options);
  const uids: string[] = [];
  for await (const file of archive.retrieveSeries(SERIES, new AbortController().signal))
    uids.push(sopInstanceUIDOf(file) ?? 'unnamed');
  return uids;
}

/** Instances one by one, and `series` for the whole; `instance` may take a request for itself by saying true. */
function archiveOf(
  series: Answer,
  instance: (...asked: Parameters<Answer>) => boolean = () => false,
): Answer {
  return (request, response, attempt) => {
    const { pathname } = new URL(request.url ?? '', 'http://archive');
    if (pathname === SERIES_PATH) series(request, response, attempt);
    else if (pathname === `${SERIES_PATH}/instances`) sendInstanceList(request, response, UIDS);
    // Nor does it count them.
    else if (pathname === '/rs/studies/1.2/series') response.writeHead(501).end();
    else if (!instance(request, response, attempt)) {
      const uid = pathname.slice(`${SERIES_PATH}/instances/`.length);
      sendParts(response, [namedFile(uid)]);
    }
  };
}

/** Some whole parts, and the first bytes of the next one. */
function writeSome(response: ServerResponse, count: number): void {
  response.setHeader('Content-Type', MULTIPART_TYPE);
  const next = FILES[count];
  if (!next) throw new RangeError('nothing is left to break off in');
  response.write(Buffer.concat([...FILES.slice(0, count).map(partOf), partOf(next).subarray(0, 120)]));
}

function instancesAsked({ requests }: FakeArchive): string[] {
  return requests.flatMap(({ url = '' }) => /\/instances\/([\d.]+)$/.exec(url)?.[1] ?? []);
}

/** For the whole series. */
function timesAsked(): number {
  return fake?.requests.filter(({ url }) => url === SERIES_PATH).length ?? 0;
}

describe('a series from a faulty archive', () => {
  test('whose connection drops half way is completed instance by instance, each image once', async () => {
    const uids = await uidsFrom(
      archiveOf((_, response) => {
        writeSome(response, 8);
        setTimeout(() => response.destroy(), 30);
      }),
    );
    expect(uids).toEqual(UIDS);
    expect(fake && instancesAsked(fake).sort()).toEqual(UIDS.slice(8).sort());
  });

  test('whose last part is cut short, with or without the end of the message, is completed', async () => {
    for (const end of ['', '\r\n--x--\r\n']) {
      expect(
        await uidsFrom(
          archiveOf((_, response) => {
            writeSome(response, 19);
            response.end(end);
          }),
        ),
      ).toEqual(UIDS);
      await fake?.stop();
    }
  });

  test('of which the archive says that it gives a part only is completed, or else not taken for whole', async () => {
    const inPart: Answer = (_request, response) => {
      response.statusCode = 206;
      sendParts(response, FILES.slice(0, 5));
    };
    expect(await uidsFrom(archiveOf(inPart))).toEqual(UIDS);
    await fake?.stop();
    const unlisted: Answer = (request, response, attempt) =>
      request.url === SERIES_PATH ? inPart(request, response, attempt) : void response.writeHead(501).end();
    await expect(uidsFrom(unlisted)).rejects.toMatchObject({ code: 'archive-unreachable' });
  });

  test('that is busy at first is waited for', async () => {
    const uids = await uidsFrom(
      archiveOf((_, response, attempt) => {
        if (attempt < 3) response.writeHead(503, { 'Retry-After': '1' }).end('busy');
        else sendParts(response, FILES);
      }),
    );
    expect(uids).toEqual(UIDS);
  });

  test('that takes no multipart, or no list of what is accepted, is asked in other words', async () => {
    const wants = (accept: RegExp): Answer =>
      archiveOf((request, response) => {
        if (accept.test(request.headers.accept ?? '')) sendParts(response, FILES);
        else response.writeHead(406).end();
      });
    expect(await uidsFrom(wants(/, /))).toEqual(UIDS);
    expect(timesAsked()).toBe(1);
    await fake?.stop();
    expect(await uidsFrom(wants(/^[^,]*transfer-syntax=\*$/))).toEqual(UIDS);
    expect(timesAsked()).toBe(2);
    await fake?.stop();
    expect(await uidsFrom(wants(/^nothing$/))).toEqual(UIDS);
    expect(fake && instancesAsked(fake).sort()).toEqual([...UIDS].sort());
  });

  test('whose instances break off is asked again for those', async () => {
    const broken = new Map<string, number>();
    const uids = await uidsFrom(
      archiveOf(
        (_, response) => response.writeHead(406).end(),
        ({ url = '' }: IncomingMessage, response, attempt) => {
          if (attempt > 2 || !url.endsWith('7')) return false;
          broken.set(url, attempt);
          response.setHeader('Content-Type', MULTIPART_TYPE);
          response.write('--x\r\n\r\nhalf');
          setTimeout(() => response.destroy(), 10);
          return true;
        },
      ),
    );
    expect(uids).toEqual(UIDS);
    expect([...broken.values()]).toEqual([2, 2]);
  });

  test('that sends the same images several times gives each once', async () => {
    expect(await uidsFrom(archiveOf((_, response) => sendParts(response, [...FILES, ...FILES])))).toEqual(
      UIDS,
    );
  });

  test('whose files have one name in their meta information, as some tools write them, gives each', async () => {
    const misnamed = UIDS.map(uid => {
      const file = namedFile(uid);
      // The first place is in the meta information.
      file.fill('1', file.indexOf(uid), file.indexOf(uid) + uid.length);
      return file;
    });
    expect(await uidsFrom(archiveOf((_, response) => sendParts(response, misnamed)))).toEqual(UIDS);
  });

  test('that gives nothing, or another image, for one that it lists is not taken for whole', async () => {
    for (const files of [[], [namedFile('1.2.3.1')]]) {
      const answer = archiveOf(
        (_, response) => response.writeHead(406).end(),
        ({ url = '' }, response) => {
          if (!url.endsWith('/1.2.3.7')) return false;
          sendParts(response, files);
          return true;
        },
      );
      await expect(uidsFrom(answer)).rejects.toMatchObject({ code: 'archive-rejected' });
      await fake?.stop();
    }
  });

  test('that drips a byte now and then is given up', async () => {
    const drip: Answer = (_, response) => {
      writeSome(response, 2);
      const timer = setInterval(() => response.write('\0'), 50);
      response.on('close', () => clearInterval(timer));
    };
    await expect(uidsFrom(archiveOf(drip), IMPATIENT)).rejects.toMatchObject({ code: 'archive-timeout' });
  });

  test('that breaks off, and does not list its instances either, is unreachable', async () => {
    const breaking: Answer = (request, response) => {
      if (request.url !== SERIES_PATH) return void response.writeHead(400).end();
      writeSome(response, 2);
      setTimeout(() => response.destroy(), 20);
    };
    await expect(uidsFrom(breaking)).rejects.toMatchObject({ code: 'archive-unreachable' });
  });

  test('lets go of the archive when the reader leaves, also while instances are under way', async () => {
    const open = new Map<string, ServerResponse>();
    const stalling = archiveOf(
      (_, response) => response.writeHead(406).end(),
      ({ url = '' }, response) => {
        open.set(url, response);
        response.on('close', () => open.delete(url));
        // The first instance is sent once others are under way.
        const first = open.get(`${SERIES_PATH}/instances/1.2.3.1`);
        if (open.size === 3 && first) sendParts(first, [namedFile('1.2.3.1')]);
        return true;
      },
    );
    fake = await FakeArchive.start(stalling);
    const archive = new RemoteArchive(fake.url, PATIENT);
    for await (const file of archive.retrieveSeries(SERIES, new AbortController().signal)) {
      expect(sopInstanceUIDOf(file)).toBe('1.2.3.1');
      break;
    }
    for (let turn = 0; open.size > 0 && turn < 200; turn++) {
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    expect(open.size).toBe(0);
    expect(instancesAsked(fake).length).toBeLessThan(UIDS.length);
  });
});
