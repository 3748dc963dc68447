import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tinyPackage, writeAdaptableModel } from '../../server/src/adapters/onnx/fixtures/tinyTask.ts';
import {
  annotationRankingListSchema,
  annotationRankingSchema,
  type AnnotationRankingContract,
} from '../../server/src/contract/annotationRanking.ts';
import { smallSeries, type Ball, type SmallSeries } from '../phantom/smallSeries.ts';
import { ApiClient } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const RANKINGS = '/api/v1/annotation-rankings';
const MODEL = 'tiny-adaptable';
const BALL: Ball = { centreLps: [12, -34, 156], radiusMm: 8, hu: 400 };
const small = (seed: number, balls: readonly Ball[]): SmallSeries =>
  smallSeries({ seed, balls, shapeIjk: [32, 26, 16] });

/** Bright is what the tiny task looks for: here it is as bright as can be, and here hardly brighter than the noise. */
const CLEAR = small(1, [BALL]);
const FAINT = small(2, [{ ...BALL, hu: 44 }]);
const ABSENT = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4' };

const folders = prepareFolders([CLEAR, FAINT].flatMap(({ files }) => files));
const zoo = join(folders.imports, '../zoo');
let server: RunningServer;
let client: ApiClient;

const uids = ({ studyInstanceUID, seriesInstanceUID }: Pick<SmallSeries, keyof typeof ABSENT>) => ({
  ...{ studyInstanceUID, seriesInstanceUID },
});
const task = (taskId: string): object => ({ kind: 'task', taskId });

async function start(): Promise<void> {
  const environment = { TOMOCLICK_MODELS: zoo };
  server = await startServer(folders.home, { imports: [folders.imports], environment });
  client = new ApiClient(server.url);
}

async function addTask(id: string, threshold: number): Promise<void> {
  const folder = join(zoo, 'tasks', id);
  mkdirSync(folder, { recursive: true });
  const files = await tinyPackage(zoo, MODEL, { id, label: 'Ball', threshold });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}

async function read(id: string): Promise<AnnotationRankingContract> {
  return annotationRankingSchema.parse((await client.send('GET', `${RANKINGS}/${id}`)).json);
}

async function begin(taskId: string, ...series: readonly (typeof ABSENT)[]): Promise<string> {
  const reply = await client.send('POST', RANKINGS, { origin: task(taskId), series });
  expect(reply.status).toBe(202);
  const { id } = annotationRankingSchema.parse(reply.json);
  expect(reply.headers.get('Location')).toBe(`${RANKINGS}/${id}`);
  return id;
}

async function ended(id: string): Promise<AnnotationRankingContract> {
  for (;;) {
    const ranking = await read(id);
    if (ranking.state.kind !== 'queued' && ranking.state.kind !== 'running') return ranking;
    await delay(50);
  }
}

beforeAll(async () => {
  mkdirSync(zoo);
  await writeAdaptableModel(zoo, MODEL);
  await addTask('balls', 0.5);
  await start();
}, STARTING_TIMEOUT_MS);
afterAll(async () => {
  await server.end('SIGTERM');
  folders.remove();
});

describe('ranking series over HTTP', () => {
  test('puts what a task is unsure of first, says why, and leaves out what it cannot read', async () => {
    const id = await begin('balls', ABSENT, uids(CLEAR), uids(FAINT));
    const ranking = await ended(id);
    expect(ranking).toMatchObject({
      ...{ taskId: 'balls', title: 'Ball on CT', classes: ['Ball'], state: { kind: 'done' }, progress: 1 },
    });
    const [faint, clear, ...others] = ranking.series;
    expect([faint, clear]).toMatchObject([
      { ...uids(FAINT), rank: 1, outcome: 'compared' },
      { ...uids(CLEAR), rank: 2, outcome: 'compared' },
    ]);
    expect(faint!.score!).toBeGreaterThan(clear!.score! + 0.1);
    expect(faint!.reason).toBe(
      `The model’s answers to 7 slightly changed copies agree to Dice ${(1 - faint!.score!).toFixed(2)}.`,
    );
    expect(others).toMatchObject([
      { ...ABSENT, rank: null, score: null, outcome: 'left-out', agreements: [] },
    ]);
    expect(others[0]!.reason).toMatch(/^Could not be compared/);
  }, 120_000);

  test('puts what is saved last, once every class of the task is', async () => {
    const series = uids(FAINT);
    const { id } = await client.create(series, ['Other']);
    const begun = await client.send('POST', '/api/v1/tasks/balls/run', { ...series, segmentationId: id });
    const run = begun.headers.get('Location')!;
    const runState = async () => ((await client.send('GET', run)).json as { state: { kind: string } }).state;
    while ((await runState()).kind === 'running') await delay(50);
    expect((await ended(await begin('balls', series))).series[0]).toMatchObject({ outcome: 'compared' });
    expect((await client.send('POST', `/api/v1/segmentations/${id}/store`)).status).toBeLessThan(300);
    const ranking = await ended(await begin('balls', series, uids(CLEAR)));
    expect(ranking.series.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['compared', expect.any(String)],
      ['annotated', 'Its segmentation is saved already.'],
    ]);
  }, 120_000);

  test('is refused with the reason', async () => {
    const send = (body: unknown) => client.send('POST', RANKINGS, body);
    const series = [uids(CLEAR)];
    expectProblem(await send({ origin: task('nobody'), series }), 'task-not-found');
    const set = { kind: 'exemplar-set', exemplarSetId: crypto.randomUUID() };
    expectProblem(await send({ origin: set, series }), 'exemplar-set-not-found');
    expectProblem(await send({ origin: task('balls'), series: [] }), 'invalid-request');
    expectProblem(await send({ origin: task('balls'), series: [...series, ...series] }), 'invalid-request');
    expectProblem(await send({ series }), 'invalid-request');
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      const reply = await client.send(method, `${RANKINGS}/${crypto.randomUUID()}${path}`);
      expectProblem(reply, 'annotation-ranking-not-found');
    }
    await client.send('POST', '/api/v1/tasks/balls/retire');
    expectProblem(await send({ origin: task('balls'), series }), 'wrong-state');
    await client.send('POST', '/api/v1/tasks/balls/promote');
  });

  test('is cancelled, kept with what it has, and deleted', async () => {
    const id = await begin('balls', uids(CLEAR), uids(FAINT));
    const cancelled = annotationRankingSchema.parse(
      (await client.send('POST', `${RANKINGS}/${id}/cancel`)).json,
    );
    expect(cancelled.state.kind).toBe('cancelled');
    const list = async () =>
      annotationRankingListSchema.parse((await client.send('GET', RANKINGS)).json).rankings;
    expect((await list())[0]).toMatchObject({ id, state: { kind: 'cancelled' } });
    const newest = annotationRankingListSchema.parse((await client.send('GET', `${RANKINGS}?limit=1`)).json);
    expect(newest.rankings.map(each => each.id)).toEqual([id]);
    expectProblem(await client.send('GET', `${RANKINGS}?limit=0`), 'invalid-request');
    expect((await client.send('DELETE', `${RANKINGS}/${id}`)).status).toBe(204);
    expect((await list()).map(each => each.id)).not.toContain(id);
  });

  test('outlives the server, and goes on where it was', async () => {
    const done = await ended(await begin('balls', uids(CLEAR)));
    const open = await begin('balls', uids(CLEAR), uids(FAINT));
    await server.end('SIGKILL');
    // A second version of the task: what is compared from now on is compared with it, too.
    await addTask('brighter', 0.9);
    await start();
    expect(await read(done.id)).toEqual(done);
    const ranking = await ended(open);
    expect(ranking.state.kind).toBe('done');
    expect(ranking.series.every(({ outcome }) => outcome !== 'waiting')).toBe(true);
    const [versions] = (await ended(await begin('balls', uids(CLEAR)))).series;
    expect(versions!.agreements.map(({ among }) => among)).toEqual(['copies', 'versions']);
  }, 240_000);
});
