import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { RemoteArchive } from './remoteArchive.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const SERIES_PATH = '/rs/studies/1.2/series/1.2.3';
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=x';
const never = new AbortController().signal;
/** A busy machine answers late, and is not to be taken for a silent archive. */
const PATIENT = { idleTimeoutMs: 20_000, retryDelaysMs: [1, 1] };
const IMPATIENT = { ...PATIENT, idleTimeoutMs: 300 };

let server: Server | undefined;

afterEach(closeServer);

async function closeServer(): Promise<void> {
  const closing = server;
  server = undefined;
  closing?.closeAllConnections();
  await new Promise(resolve => (closing ? closing.close(resolve) : resolve(undefined)));
}

/** An archive that answers as told; attempts at one URL are counted from 1. */
async function archiveThat(
  answer: Answer,
  options = PATIENT,
): Promise<{ archive: RemoteArchive; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.filter(({ url }) => url === request.url).length);
  });
  const { port } = await new Promise<{ port: number }>(resolve =>
    server?.listen(0, '127.0.0.1', () => resolve(server?.address() as { port: number })),
  );
  return { archive: new RemoteArchive(`http://me:pass%20word@127.0.0.1:${port}/rs/`, options), requests };
}

function sendMultipart(response: ServerResponse, bodies: readonly string[]): void {
  response.setHeader('Content-Type', MULTIPART);
  response.end(multipart(bodies));
}

function multipart(bodies: readonly string[]): string {
  const parts = bodies.map(body => `--x\r\nContent-Type: application/dicom\r\n\r\n${body}\r\n`);
  return `${parts.join('')}--x--\r\n`;
}

async function retrieved(archive: RemoteArchive, signal = never): Promise<string[]> {
  const files: string[] = [];
  for await (const file of archive.retrieveSeries(series, signal)) files.push(Buffer.from(file).toString());
  return files;
}

function code(expected: string): unknown {
  return expect.objectContaining({ code: expected });
}

describe('retrieving a series', () => {
  test('takes the parts of one reply, asked for uncompressed or as they are stored, with credentials', async () => {
    const { archive, requests } = await archiveThat((_, response) => sendMultipart(response, ['one', 'two']));
    expect(await retrieved(archive)).toEqual(['one', 'two']);
    expect(requests.filter(({ url }) => url === SERIES_PATH)).toHaveLength(1);
    expect(requests[0]?.url).toBe(SERIES_PATH);
    expect(requests[0]?.headers).toMatchObject({
      accept:
        'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1, ' +
        'multipart/related; type="application/dicom"; transfer-syntax=*; q=0.5',
      'accept-encoding': 'identity',
      authorization: `Basic ${Buffer.from('me:pass word').toString('base64')}`,
    });
  });

  test('goes instance by instance where the archive does not serve whole series', async () => {
    const uids = Array.from({ length: 20 }, (_, n) => `1.2.3.${n}`);
    let open = 0;
    let mostOpen = 0;
    const { archive } = await archiveThat((request, response) => {
      const url = new URL(request.url ?? '', 'http://archive');
      if (url.pathname === SERIES_PATH) return void response.writeHead(406).end();
      if (url.pathname === `${SERIES_PATH}/instances`) {
        // Pages of 8, whatever was asked for.
        const offset = Number(url.searchParams.get('offset'));
        const page = uids.slice(offset, offset + 8).map(uid => ({ '00080018': { vr: 'UI', Value: [uid] } }));
        return void response.setHeader('Content-Type', 'application/dicom+json').end(JSON.stringify(page));
      }
      mostOpen = Math.max(mostOpen, ++open);
      setTimeout(() => {
        open--;
        sendMultipart(response, [url.pathname.split('/').at(-1) ?? '']);
      }, 5);
    });
    expect(await retrieved(archive)).toEqual(uids);
    expect(mostOpen).toBeGreaterThanOrEqual(2);
    expect(mostOpen).toBeLessThanOrEqual(8);
  });

  test('takes single parts from an archive that has nothing else', async () => {
    const { archive } = await archiveThat((request, response) => {
      if (request.url?.includes('/instances?')) {
        const isFirst = request.url.includes('offset=0');
        return void response.end(JSON.stringify(isFirst ? [{ '00080018': { Value: ['1.9'] } }] : []));
      }
      if (request.headers.accept?.startsWith('multipart')) return void response.writeHead(400).end();
      response.setHeader('Content-Type', 'application/dicom').end('single');
    });
    expect(await retrieved(archive)).toEqual(['single']);
  });

  test('tries again while the archive is busy, then says that it cannot be reached', async () => {
    const recovering = await archiveThat((_, response, attempt) =>
      attempt < 3 ? response.writeHead(503).end('busy') : sendMultipart(response, ['one']),
    );
    expect(await retrieved(recovering.archive)).toEqual(['one']);
    await closeServer();
    const busy = await archiveThat((_, response) => response.writeHead(503).end('busy'));
    await expect(retrieved(busy.archive)).rejects.toEqual(code('archive-unreachable'));
    expect(busy.requests).toHaveLength(3);
  });

  test('fails as unreachable when nothing listens, when the line breaks, and when the reply is cut short', async () => {
    const { archive } = await archiveThat((_, response) => sendMultipart(response, []));
    await closeServer();
    await expect(retrieved(archive)).rejects.toEqual(code('archive-unreachable'));
    const broken = await archiveThat((_, response) => {
      response.setHeader('Content-Type', 'multipart/related; type="application/dicom"; boundary=x');
      response.write('--x\r\n\r\nhalf');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(retrieved(broken.archive)).rejects.toEqual(code('archive-unreachable'));
    await closeServer();
    const short = await archiveThat((_, response) => {
      response.setHeader('Content-Type', 'multipart/related; type="application/dicom"; boundary=x');
      response.end('--x\r\n\r\nhalf');
    });
    await expect(retrieved(short.archive)).rejects.toEqual(code('archive-unreachable'));
  });

  test('fails as a timeout when the archive falls silent, before or inside the reply', async () => {
    const silent = await archiveThat(() => undefined, IMPATIENT);
    await expect(retrieved(silent.archive)).rejects.toEqual(code('archive-timeout'));
    await closeServer();
    const stalled = await archiveThat((_, response) => {
      response.setHeader('Content-Type', 'multipart/related; type="application/dicom"; boundary=x');
      response.write('--x\r\n\r\nhalf');
    }, IMPATIENT);
    await expect(retrieved(stalled.archive)).rejects.toEqual(code('archive-timeout'));
  });

  test('does not count the time that the reader of the series takes', async () => {
    const { archive } = await archiveThat(
      (_, response) => sendMultipart(response, ['one', 'two']),
      IMPATIENT,
    );
    const files: Uint8Array[] = [];
    for await (const file of archive.retrieveSeries(series, never)) {
      files.push(file);
      await new Promise(resolve => setTimeout(resolve, IMPATIENT.idleTimeoutMs * 1.5));
    }
    expect(files).toHaveLength(2);
  });

  test('ends as cancelled, and hangs up, when it is no longer wanted', async () => {
    const controller = new AbortController();
    let hungUp: Promise<unknown> | undefined;
    const { archive } = await archiveThat(request => {
      hungUp = new Promise(resolve => request.socket.once('close', resolve));
      controller.abort();
    });
    await expect(retrieved(archive, controller.signal)).rejects.toEqual(code('cancelled'));
    await hungUp;
  });

  test('tells a series that is missing from one that is withheld', async () => {
    for (const [status, expected] of [
      [404, 'series-not-found'],
      [204, 'series-not-found'],
      [401, 'archive-rejected'],
      [500, 'archive-rejected'],
    ] as [number, string][]) {
      // prettier-ignore
      const { archive } = await archiveThat((_, response) => response.writeHead(status).end());
      await expect(retrieved(archive)).rejects.toEqual(code(expected));
      await closeServer();
    }
    const empty = await archiveThat((_, response) => sendMultipart(response, []));
    await expect(retrieved(empty.archive)).rejects.toEqual(code('series-not-found'));
  });
});

test('a ping fails when what answers is no archive', async () => {
  const { archive } = await archiveThat((_, response) => response.writeHead(404).end());
  await expect(archive.ping(never)).rejects.toEqual(code('archive-unreachable'));
});

describe('counting the instances of a series', () => {
  const listed = (
    body: string,
    status = 200,
  ): Promise<{ archive: RemoteArchive; requests: IncomingMessage[] }> =>
    archiveThat((_, response) => {
      response.statusCode = status;
      response.end(body);
    });

  test('asks for the series alone', async () => {
    const { archive, requests } = await listed('[{"00201209":{"vr":"IS","Value":[120]}}]');
    expect(await archive.countInstances(series, never)).toBe(120);
    expect(requests.map(({ url }) => url)).toEqual(['/rs/studies/1.2/series?SeriesInstanceUID=1.2.3']);
  });

  test.each([
    ['an empty list', '[]', 200],
    ['no content', '', 204],
    ['a series that is not found', 'no', 404],
    ['a series that we may not see', 'no', 403],
  ])('finds none in %s', async (_, body, status) => {
    const { archive } = await listed(body, status);
    expect(await archive.countInstances(series, never)).toBe(0);
  });

  test.each([
    ['no number', '[{"0020000E":{"vr":"UI","Value":["1.2.3"]}}]', 200],
    [
      'several series, as where the key is not matched',
      '[{"00201209":{"vr":"IS","Value":[1]}},{"00201209":{"vr":"IS","Value":[2]}}]',
      200,
    ],
    ['an error', 'no', 400],
  ])('does not know it from %s', async (_, body, status) => {
    const { archive } = await listed(body, status);
    expect(await archive.countInstances(series, never)).toBeUndefined();
  });
});
