import {
  createServer,
  get,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import express, { type NextFunction, type Request, type Response } from 'express';
import { Problem } from '../../domain/errors.ts';
import { dicomWebProxyRouter } from './dicomWebProxy.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** A proxy at /dicom-web; the code of a Problem is what it answers. */
async function proxyOf(archiveUrl: string): Promise<string> {
  const app = express();
  app.use('/dicom-web', dicomWebProxyRouter(archiveUrl));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(502).send(error instanceof Problem ? error.code : String(error));
  });
  return listen(app as RequestListener);
}

function addressOf(url: string): { readonly hostname: string; readonly port: string } {
  const { hostname, port } = new URL(url);
  return { hostname, port };
}

describe('the DICOMweb proxy', () => {
  test('passes request and reply on, but for what belongs to one hop or to one side', async () => {
    let seen: IncomingMessage | undefined;
    const archive = await listen((request, response) => {
      seen = request;
      response
        .setHeader('Set-Cookie', 'archive=1')
        .setHeader('ETag', '"7"')
        .setHeader('Keep-Alive', 'timeout=9');
      response.writeHead(206, { 'Content-Type': 'application/octet-stream' }).end('pixels');
    });
    const proxy = await proxyOf(`${archive.replace('//', '//me:secret@')}/rs`);
    const response = await fetch(`${proxy}/dicom-web/studies/1.2?limit=3&00100010=D%C3%B6*`, {
      headers: { Accept: 'a/b', Cookie: 'ours=1', Authorization: 'Bearer x', Forwarded: 'host=evil' },
    });
    expect(response.status).toBe(206);
    expect(await response.text()).toBe('pixels');
    expect(response.headers.get('etag')).toBe('"7"');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(seen?.url).toBe('/rs/studies/1.2?limit=3&00100010=D%C3%B6*');
    expect(seen?.headers).toMatchObject({
      accept: 'a/b',
      'accept-encoding': 'identity',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
      forwarded: `host=${proxy.slice(7)};proto=http`,
    });
    expect(seen?.headers.cookie).toBeUndefined();
  });

  test('lets no other site read what the archive would let it read', async () => {
    const archive = await listen((_request, response) => {
      response
        .setHeader('Access-Control-Allow-Origin', '*')
        .setHeader('Access-Control-Allow-Credentials', 'true')
        .setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
        .setHeader('Timing-Allow-Origin', '*')
        .setHeader('Content-Security-Policy', 'default-src *')
        .setHeader('Strict-Transport-Security', 'max-age=1')
        .end('a study');
    });
    const proxy = await proxyOf(archive);
    const response = await fetch(`${proxy}/dicom-web/studies`, {
      headers: { Origin: 'http://evil.example' },
    });
    expect(await response.text()).toBe('a study');
    const names = [...response.headers.keys()];
    expect(
      names.filter(name => /^(access-control|cross-origin|timing|content-sec|strict)/.test(name)),
    ).toEqual([]);
  });

  test('lets caches keep for one reader alone what the archive says nothing of, or would let them keep for all', async () => {
    const archive = await listen((request, response) => {
      const said = new URL(request.url ?? '', 'http://archive').searchParams.get('said');
      if (said !== null) response.setHeader('Cache-Control', said);
      response.setHeader('Last-Modified', 'Wed, 01 Jan 2020 00:00:00 GMT').end('a study');
    });
    const proxy = await proxyOf(archive);
    const answerTo = async (query: string): Promise<string | null> =>
      (await fetch(`${proxy}/dicom-web/studies${query}`)).headers.get('cache-control');
    expect(await answerTo('')).toBe('private, no-cache');
    expect(await answerTo('?said=public,max-age=60')).toBe('private, no-cache');
    expect(await answerTo('?said=private,max-age=60')).toBe('private,max-age=60');
    expect(await answerTo('?said=no-store')).toBe('no-store');
  });

  test('stays below the DICOMweb root of the archive', async () => {
    const seen: (string | undefined)[] = [];
    const archive = await listen((request, response) => {
      seen.push(request.url);
      response.end('open');
    });
    const proxy = await proxyOf(`${archive}/pacs/rs`);
    // `fetch` would resolve the dots itself.
    const answerTo = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const request = get({ ...addressOf(proxy), path }, response => {
          response.setEncoding('utf8').once('data', resolve);
        });
        request.on('error', reject);
      });
    const outside = ['/..', '/../system', '/studies/../../../tools', '/%2e%2e/system', '/.%2E/system'];
    const encoded = ['/..%2fsystem', '/..%5Csystem', '/..\\system', '/%'];
    const encodedTwice = ['/%252e%252e/system', '/.%25252e%252fsystem'];
    // Java servers take parameters out of a path before they resolve its dots.
    const withParameters = ['/..;/..;/system', '/..;x=1/system', '/.%2e%3b/system'];
    for (const path of [...outside, ...encoded, ...encodedTwice, ...withParameters]) {
      expect(await answerTo(`/dicom-web${path}`)).toBe('invalid-request');
    }
    expect(seen).toEqual([]);
    for (const path of ['', '/', '/studies?PatientName=../x', '/studies/1..2', '/studies/a%2520b']) {
      expect(await answerTo(`/dicom-web${path}`)).toBe('open');
    }
    expect(seen).toEqual([
      '/pacs/rs/',
      '/pacs/rs/',
      '/pacs/rs/studies?PatientName=../x',
      '/pacs/rs/studies/1..2',
      '/pacs/rs/studies/a%2520b',
    ]);
  });

  test('sends what is asked for by a whole address to the archive, and its credentials nowhere else', async () => {
    const seen: (string | undefined)[] = [];
    const archive = await listen((request, response) => {
      seen.push(request.url);
      response.end('open');
    });
    const asked = ['http://localhost/dicom-web/studies?a=1', 'x://../dicom-web/studies'];
    for (const root of [archive, `${archive}/rs`]) {
      const proxy = await proxyOf(root);
      for (const path of asked) {
        await new Promise((resolve, reject) => {
          const request = get({ ...addressOf(proxy), path }, response =>
            response.resume().on('end', resolve),
          );
          request.on('error', reject);
        });
      }
    }
    expect(seen).toEqual(['/studies?a=1', '/studies', '/rs/studies?a=1', '/rs/studies']);
  });

  test('passes on no method that DICOMweb does not have: some servers answer TRACE with the credentials', async () => {
    const methods: (string | undefined)[] = [];
    const archive = await listen((request, response) => {
      methods.push(request.method);
      response.end(JSON.stringify(request.headers));
    });
    const { hostname, port } = addressOf(await proxyOf(archive.replace('//', '//me:secret@')));
    const answerTo = (method: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ hostname, port, method, path: '/dicom-web/studies' }, response => {
          response.setEncoding('utf8').once('data', resolve).once('end', resolve);
        });
        request.on('error', reject).end();
      });
    for (const method of ['TRACE', 'PROPFIND']) expect(await answerTo(method)).toBe('invalid-request');
    const known = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'];
    for (const method of known) await answerTo(method);
    expect(methods).toEqual(known);
  });

  test('passes on no header that names another address or method', async () => {
    let seen: IncomingMessage | undefined;
    const archive = await listen((request, response) => {
      seen = request;
      response.end('open');
    });
    const proxy = await proxyOf(archive);
    const others = ['X-Original-URL', 'X-Rewrite-URL', 'X-HTTP-Method-Override', 'X-HTTP-Method'];
    const headers = Object.fromEntries(others.map(name => [name, 'DELETE']));
    await (await fetch(`${proxy}/dicom-web/studies`, { headers })).text();
    expect(Object.values(seen?.headers ?? {})).not.toContain('DELETE');
  });

  test.each(['GET', 'DELETE', 'OPTIONS', 'POST'])(
    'takes the body of a %s for one, never for a request of its own',
    async method => {
      const seen: string[] = [];
      const archive = await listen((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          seen.push(`${request.method} ${request.url} ${body.length}`);
          response.end('a study');
        });
      });
      const { hostname, port } = addressOf(await proxyOf(`${archive}/rs`));
      const body = 'GET /system HTTP/1.1\r\nHost: archive\r\n\r\n';
      const framings = [
        { 'Transfer-Encoding': 'chunked' },
        { 'Content-Length': String(body.length) },
        { 'Content-Length': String(body.length), Connection: 'content-length' },
      ];
      for (const headers of framings) {
        await new Promise((resolve, reject) => {
          const options = { hostname, port, method, path: '/dicom-web/studies', headers };
          const request = httpRequest(options, response => response.resume().once('end', resolve));
          request.on('error', reject).end(body);
        });
      }
      // What was smuggled in would have been seen by now: it went out before the next request.
      expect(seen).toEqual(framings.map(() => `${method} /rs/studies ${body.length}`));
    },
  );

  test('streams an upload', async () => {
    const archive = await listen((request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => (length += chunk.length));
      request.on('end', () => response.end(`${request.method} ${length}`));
    });
    const proxy = await proxyOf(archive);
    const body = new Uint8Array(3_000_000);
    const response = await fetch(`${proxy}/dicom-web/studies`, { method: 'POST', body });
    expect(await response.text()).toBe('POST 3000000');
  });

  test('turns the addresses of the archive into its own, in JSON, XML and redirections only', async () => {
    let proxy = '';
    const archive: string = await listen((request, response) => {
      const ours = `http://${String(request.headers['x-forwarded-host'])}/pacs/rs`;
      const body = `{"a":"${archive}/pacs/rs/studies/1","b":"${ours}/studies/2","c":"../bulk/3"}`;
      const types: Record<string, string> = { '/j': 'application/dicom+json', '/x': 'application/dicom+xml' };
      response.setHeader('Content-Type', types[(request.url ?? '').slice(8)] ?? 'application/octet-stream');
      if (request.url?.endsWith('/moved')) response.writeHead(307, { Location: `${archive}/pacs/rs/there` });
      // In two chunks, so that an address lies across them.
      response.write(body.slice(0, 20));
      setTimeout(() => response.end(body.slice(20)), 10);
    });
    proxy = await proxyOf(`${archive}/pacs/rs`);
    const mounted = `${proxy}/dicom-web`;
    const replaced = `{"a":"${mounted}/studies/1","b":"${mounted}/studies/2","c":"../bulk/3"}`;
    expect(await (await fetch(`${mounted}/j`)).text()).toBe(replaced);
    expect(await (await fetch(`${mounted}/x`)).text()).toBe(replaced);
    expect(await (await fetch(`${mounted}/o`)).text()).toContain(archive);
    const moved = await fetch(`${mounted}/moved`, { redirect: 'manual' });
    expect(moved.headers.get('location')).toBe(`${mounted}/there`);
  });

  test('says that the archive cannot be reached', async () => {
    const archive = await listen(() => undefined);
    const proxy = await proxyOf(archive);
    servers[0]?.close();
    const response = await fetch(`${proxy}/dicom-web/studies`);
    expect(await response.text()).toBe('archive-unreachable');
  });

  test('asks again where the archive has just given up the idle connection, and only what changes nothing', async () => {
    const known = new WeakSet<Socket>();
    const archive = await listen((request, response) => {
      if (known.has(request.socket)) request.socket.destroy();
      known.add(request.socket);
      response.end(request.method);
    });
    const proxy = await proxyOf(archive);
    const answerTo = async (method: string): Promise<string> =>
      (await fetch(`${proxy}/dicom-web/studies`, { method })).text();
    for (let n = 0; n < 3; n++) expect(await answerTo('GET')).toBe('GET');
    expect(await answerTo('DELETE')).toBe('archive-unreachable');
    expect(await answerTo('DELETE')).toBe('DELETE');
  });

  test('hangs up on the archive when the caller goes away', async () => {
    let onHungUp: (value: unknown) => void = () => undefined;
    const hungUp = new Promise(resolve => (onHungUp = resolve));
    const archive = await listen((request, response) => {
      request.socket.once('close', onHungUp);
      response.write('the first of many bytes');
    });
    const proxy = await proxyOf(archive);
    const request = get(`${proxy}/dicom-web/studies`, response => {
      response.once('data', () => request.destroy());
      response.on('error', () => undefined);
    });
    request.on('error', () => undefined);
    await hungUp;
  });

  test('cuts the line to the caller when the archive breaks off inside a reply', async () => {
    const archive = await listen((_, response) => {
      response.writeHead(200, { 'Content-Length': '1000' }).write('half');
      setTimeout(() => response.destroy(), 10);
    });
    const proxy = await proxyOf(archive);
    const response = await fetch(`${proxy}/dicom-web/studies`);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });
});
