import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Express } from 'express';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { dicomWebRouter } from './routes/dicomWeb.ts';
import type { Services } from './services.ts';

const lines: string[] = [];
let services: Services | undefined;
const app = createApp({
  log: pino({ base: null }, { write: line => void lines.push(line) }),
  version: '1.2.3',
  problemsMarkdown: '# Problems\n\n## gone\n\nStatus 410. `x` < y',
  services: () => services,
  readiness: () => Promise.resolve([{ part: 'start', ready: false, detail: 'Opening' }]),
});

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(app);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise(resolve => server.close(resolve)));

/** Method and path of every route of a router, in the style of OpenAPI. */
function routesOf(router: Pick<Express['router'], 'stack'>, root = ''): string[] {
  return router.stack.flatMap(({ route }) => {
    if (!route) return [];
    const paths = [route.path].flat().map(path => root + path.replace(/[:*](\w+)/g, '{$1}'));
    const methods = new Set(route.stack.map(layer => layer.method));
    return [...methods].flatMap(method => paths.map(path => `${method} ${path}`));
  });
}

describe('the routes of Express', () => {
  test('are exactly those of the OpenAPI document, DICOMweb included', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method} ${path}`),
    );
    const neverAsked = [{}, {}, {}] as unknown as Parameters<typeof dicomWebRouter>;
    const dicomWeb = dicomWebRouter(...neverAsked);
    expect([...routesOf(app.router), ...routesOf(dicomWeb, '/dicom-web')].sort()).toEqual(described.sort());
  });
});

describe('a server that is still starting', () => {
  test('is up, but not ready, and says what it is doing', async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      ready: false,
      parts: [{ part: 'start', ready: false, detail: 'Opening' }],
    });
  });

  test('asks callers to come back', async () => {
    for (const path of ['/api/v1/capabilities', '/dicom-web/studies']) {
      const reply = await fetch(url + path);
      expect(reply.status).toBe(503);
      expect(reply.headers.get('Retry-After')).toBe('2');
      expect(await reply.json()).toMatchObject({ code: 'overloaded' });
    }
  });
});

describe('an error that nobody foresaw', () => {
  test('reaches neither the caller nor the log with what it says', async () => {
    services = {
      get capabilities(): never {
        throw Object.assign(new Error('patient Doe^Jane broke it'), { name: 'SurpriseError' });
      },
    } as unknown as Services;
    const reply = await fetch(`${url}/api/v1/capabilities`);
    services = undefined;
    expect(reply.status).toBe(500);
    const text = await reply.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal-error' });
    expect(text + lines.join('')).not.toContain('Doe');
    expect(lines.join('')).toContain('SurpriseError');
  });
});

describe('a request to another host name', () => {
  test('is refused, and one to a name of this machine is not', async () => {
    const { port } = server.address() as AddressInfo;
    const statusFor = async (host: string): Promise<number | undefined> => {
      const { request } = await import('node:http');
      return new Promise(resolve => {
        request({ port, host: '127.0.0.1', path: '/healthz', headers: { Host: host } }, reply => {
          reply.resume();
          resolve(reply.statusCode);
        }).end();
      });
    };
    expect(await statusFor('evil.example')).toBe(403);
    expect(await statusFor('127.0.0.1.evil.example')).toBe(403);
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor('[::1]:8080')).toBe(200);
  });
});

test('what the API answers is kept by no shared cache, and by no browser unasked', async () => {
  services = { capabilities: {} } as unknown as Services;
  const reply = await fetch(`${url}/api/v1/capabilities`);
  services = undefined;
  expect(reply.headers.get('Cache-Control')).toBe('private, no-cache');
});

describe('a page that comes from the archive', () => {
  test('runs nothing on this origin, whoever has sent it there', async () => {
    const page = '<script>fetch("/api/v1/segmentations")</script>';
    const dicomWeb: Services['dicomWeb'] = (_request, response) => response.type('html').send(page);
    services = { dicomWeb } as unknown as Services;
    const reply = await fetch(`${url}/dicom-web/studies/1.2/rendered`);
    services = undefined;
    expect(await reply.text()).toBe(page);
    const policy = reply.headers.get('Content-Security-Policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe/);
    const ours = await fetch(`${url}/api/docs`);
    expect(ours.headers.get('Content-Security-Policy')).toContain('script-src');
  });
});

describe('a client that goes away', () => {
  test('takes its prediction with it', async () => {
    const predict = jest.fn<Services['workspace']['predict']>(
      (_input, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    services = { workspace: { zoo: { get: () => ({ id: 'm' }) }, predict } } as unknown as Services;
    const leave = new AbortController();
    const body = {
      ...{ studyInstanceUID: '1.2', seriesInstanceUID: '1.3' },
      segments: [{ label: 'A', prompts: [{ kind: 'point', pointLps: [0, 0, 0], polarity: 'include' }] }],
    };
    const reply = fetch(`${url}/api/v1/predictions`, {
      ...{ method: 'POST', body: JSON.stringify(body), signal: leave.signal },
      headers: { 'Content-Type': 'application/json' },
    });
    while (predict.mock.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    leave.abort();
    await expect(reply).rejects.toThrow();
    const signal = predict.mock.calls[0]?.[1];
    if (signal && !signal.aborted) {
      await new Promise(resolve => signal.addEventListener('abort', resolve));
    }
    expect(signal?.aborted).toBe(true);
    services = undefined;
  });
});

test('the page on problems shows our Markdown, and nothing in it as markup', async () => {
  const page = await (await fetch(`${url}/api/docs/problems`)).text();
  expect(page).toContain('<h2 id="gone">gone</h2>');
  expect(page).toContain('<code>x</code> &lt; y');
});

test('the page on the API loads nothing from elsewhere', async () => {
  const page = await (await fetch(`${url}/api/docs`)).text();
  const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1] ?? '');
  expect(addresses.length).toBeGreaterThan(1);
  for (const address of addresses) expect((await fetch(url + address)).status).toBe(200);
});
