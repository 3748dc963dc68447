import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { capabilitiesSchema } from '../../server/src/contract/capabilities.ts';
import { click, type ApiClient } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

describe('the door', () => {
  test('tells what the server can do, and that it is up and ready', async () => {
    const capabilities = capabilitiesSchema.parse((await client.send('GET', '/api/v1/capabilities')).json);
    expect(capabilities).toMatchObject({ product: 'tomoclick', archive: 'embedded' });
    expect(capabilities.models.filter(model => model.isDefault)).toHaveLength(1);
    expect((await client.send('GET', '/healthz')).json).toEqual({ status: 'up' });
    const ready = await client.send('GET', '/readyz');
    expect(ready.json).toMatchObject({ ready: true });
  });

  test('takes an order to warm a series, and refuses one for a model that it lacks', async () => {
    const path = `/api/v1/series/${SERIES.studyInstanceUID}/${SERIES.seriesInstanceUID}/warm`;
    expect((await client.send('POST', path)).status).toBe(202);
    expectProblem(await client.send('POST', `${path}?model=none`), 'model-not-found');
  });

  test('takes an order to prepare for a click, also for one beside the images', async () => {
    const path = `/api/v1/series/${SERIES.studyInstanceUID}/${SERIES.seriesInstanceUID}/warm-point`;
    expect((await client.send('POST', path, { pointLps: [0, 0, 0] })).status).toBe(202);
    expect((await client.send('POST', path, { pointLps: [1e6, 0, 0] })).status).toBe(202);
    expectProblem(await client.send('POST', path, { pointLps: [0, 0] }), 'invalid-request');
    expectProblem(
      await client.send('POST', `${path}?model=none`, { pointLps: [0, 0, 0] }),
      'model-not-found',
    );
  });

  test('answers what it cannot read with a problem', async () => {
    const path = '/api/v1/segmentations';
    expectProblem(await client.send('POST', path, '{"a":'), 'invalid-request');
    expectProblem(
      await client.send('POST', path, '{}', { 'Content-Type': 'text/plain' }),
      'unsupported-media-type',
    );
    expectProblem(await client.send('POST', path), 'unsupported-media-type');
    expectProblem(await client.send('POST', path, JSON.stringify('x'.repeat(2 ** 21))), 'payload-too-large');
    expectProblem(await client.send('GET', '/api/v1/nothing'), 'not-found');
    expectProblem(await client.send('GET', '/api/v1/segmentations/%E0%A4%A'), 'invalid-request');
    const { id } = await client.create(SERIES);
    const undo = `/api/v1/segmentations/${id}/segments/1/undo`;
    expectProblem(await client.send('POST', undo, undefined, { Accept: 'text/csv' }), 'not-acceptable');
  });

  test('keeps other sites out', async () => {
    const body = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
    const foreign = { Origin: 'http://evil.example' };
    const refused = await client.send('POST', '/api/v1/segmentations', body, foreign);
    expectProblem(refused, 'forbidden');
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const ours = await client.send('POST', '/api/v1/segmentations', body, { Origin: running.server.url });
    expect(ours.status).toBe(201);
  });

  test('takes the name that a caller gives a request, where it is harmless', async () => {
    const named = await client.send('GET', '/healthz', undefined, { 'X-Request-Id': 'abc-1' });
    expect(named.headers.get('X-Request-Id')).toBe('abc-1');
    const odd = await client.send('GET', '/healthz', undefined, { 'X-Request-Id': 'a b"c' });
    expect(odd.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('compresses SEG objects and metadata', async () => {
    const { studyInstanceUID, seriesInstanceUID } = SERIES;
    const metadata = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/metadata`;
    const reply = await client.send('GET', metadata);
    expect(reply.headers.get('Content-Encoding')).toMatch(/gzip|br/);
  });
});

test('the log names routes, and no UID, no patient and no query', async () => {
  const { id } = await client.create(SERIES);
  await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
  await client.send('GET', '/dicom-web/studies?PatientName=Phantom*');
  await client.send('GET', `/dicom-web/studies/${SERIES.studyInstanceUID}/series`);
  const log = running.server.log();
  expect(log).toContain('/api/v1/segmentations/{id}/segments/{segmentNumber}/prompts');
  expect(log).not.toMatch(/Phantom|PatientName|\d\.\d+\.\d{3}/);
});
