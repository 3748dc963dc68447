import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { segmentationSchema, storedObjectSchema } from '../../server/src/contract/segmentation.ts';
import { click, type ApiClient, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

async function clicked(): Promise<string> {
  const { id } = await client.create(SERIES, ['A']);
  await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
  return `/api/v1/segmentations/${id}`;
}

/** Takes the object that an answer names out of the archive. */
async function takeAway({ headers }: Pick<Reply, 'headers'>): Promise<void> {
  const removed = await client.send('DELETE', headers.get('Location') ?? '');
  expect(removed.status).toBe(204);
}

async function isThere({ headers }: Pick<Reply, 'headers'>): Promise<boolean> {
  const accept = { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
  return (await client.send('GET', headers.get('Location') ?? '', undefined, accept)).status === 200;
}

test('a save that was deleted in the archive is stored anew when it is saved again', async () => {
  const path = await clicked();
  const first = await client.send('POST', `${path}/store`);
  await takeAway(first);
  const second = await client.send('POST', `${path}/store`);
  expect(second.status).toBe(201);
  expect(await isThere(second)).toBe(true);
  // An archive may refuse what was deleted in it for good.
  expect(second.headers.get('Location')).not.toBe(first.headers.get('Location'));
  expect(segmentationSchema.parse(second.json).stored).toHaveLength(2);
  const third = await client.send('POST', `${path}/store`);
  expect(third.headers.get('Location')).toBe(second.headers.get('Location'));
});

test('a deleted measurement report is stored anew, on the SEG that is still there', async () => {
  const path = await clicked();
  const wish = `${path}/store?measurementReport=true`;
  const first = segmentationSchema.parse((await client.send('POST', wish)).json).stored.at(-1);
  const report = first?.measurementReport?.seriesInstanceUID ?? '';
  const reportPath = `/dicom-web/studies/${SERIES.studyInstanceUID}/series/${report}`;
  expect((await client.send('DELETE', reportPath)).status).toBe(204);
  const second = segmentationSchema.parse((await client.send('POST', wish)).json).stored.at(-1);
  expect(second?.sopInstanceUID).toBe(first?.sopInstanceUID);
  const anew = second?.measurementReport?.seriesInstanceUID ?? '';
  expect(anew).not.toBe(report);
  const query = `/dicom-web/studies/${SERIES.studyInstanceUID}/series?SeriesInstanceUID=${anew}`;
  expect((await client.send('GET', query)).json).toHaveLength(1);
});

test('deleted contours are stored anew', async () => {
  const path = `${await clicked()}/exports/rtstruct`;
  const first = await client.send('POST', path);
  await takeAway(first);
  const second = await client.send('POST', path);
  expect(await isThere(second)).toBe(true);
  expect(storedObjectSchema.parse(second.json)).not.toEqual(storedObjectSchema.parse(first.json));
});

test('who has not seen what was stored is not answered that it is saved', async () => {
  const path = await clicked();
  const seen = (await client.send('GET', path)).headers.get('ETag') ?? '';
  const id = path.split('/').at(-1) ?? '';
  await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 1);
  const saved = await client.send('POST', `${path}/store`);
  expectProblem(
    await client.send('POST', `${path}/store`, undefined, { 'If-Match': seen }),
    'precondition-failed',
  );
  // Storing changes nothing: whose answer was lost has seen what is stored.
  const justBefore = `"${segmentationSchema.parse(saved.json).version - 1}"`;
  const again = await client.send('POST', `${path}/store`, undefined, { 'If-Match': justBefore });
  expect(again.status).toBe(201);
});
