import { expect, test } from '@jest/globals';
import { PATIENCE, patientFetch } from './patientFetch.ts';

/** As Chromium has it: with a body that is empty, where Node has none. */
function withoutContent(status: number): Response {
  const body = new ReadableStream<Uint8Array>({ start: controller => controller.close() });
  return Object.defineProperty(new Response(null, { status }), 'body', { value: body });
}

test.each([204, 205, 304])('an answer %i, which has no content, is handed on', async status => {
  const fetched = () => Promise.resolve(withoutContent(status));
  const response = await patientFetch(fetched, '/', { method: 'DELETE' }, 'work', PATIENCE);
  expect(response.status).toBe(status);
});

test('an answer keeps its status, its headers and its content', async () => {
  const fetched = () => Promise.resolve(new Response('a mask', { status: 201, headers: { ETag: '"3"' } }));
  const response = await patientFetch(fetched, '/', { method: 'POST' }, 'work', PATIENCE);
  expect([response.status, response.headers.get('ETag'), await response.text()]).toEqual([
    ...[201, '"3"', 'a mask'],
  ]);
});
