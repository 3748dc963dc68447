import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { termListSchema, type TermList } from '../../contract/terms.ts';
import { createApp } from '../app.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  const app = createApp({
    ...{ log: pino({ enabled: false }), version: '1.2.3', problemsMarkdown: '' },
    ...{ services: () => undefined, readiness: () => Promise.resolve([]) },
  });
  server = createServer(app);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/terms`;
});
afterAll(() => new Promise(resolve => server.close(resolve)));

async function search(query: string): Promise<TermList> {
  const response = await fetch(`${url}?${query}`);
  expect(response.status).toBe(200);
  return termListSchema.parse(await response.json());
}

describe('the terms', () => {
  test('are found by the beginning of a word, each with code, category and colour', async () => {
    const { terms, modifiers } = await search('query=KIDN');
    expect(terms).toEqual([
      {
        code: { value: '64033007', scheme: 'SCT', meaning: 'Kidney' },
        category: { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' },
        otherNames: ['renal'],
        isPaired: true,
        recommendedColour: [184, 102, 63],
      },
    ]);
    expect(modifiers.map(({ meaning }) => meaning)).toEqual(['Right', 'Left', 'Bilateral']);
  });

  test('are held to a category and a number', async () => {
    const { terms, categories } = await search('category=49755003&limit=3');
    expect(terms).toHaveLength(3);
    expect(new Set(terms.map(({ category }) => category.value))).toEqual(new Set(['49755003']));
    expect(categories.map(({ value }) => value)).toContain('49755003');
  });

  test('are not found for a query that is none', async () => {
    for (const query of ['limit=0', 'limit=many', `query=${'x'.repeat(65)}`]) {
      const response = await fetch(`${url}?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid-request' });
    }
  });
});
