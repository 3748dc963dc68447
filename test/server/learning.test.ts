import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tinyPackage, writeAdaptableModel } from '../../server/src/adapters/onnx/fixtures/tinyTask.ts';
import {
  adaptationDetailSchema,
  adaptationListSchema,
  adaptationPreviewSchema,
  adaptationSchema,
} from '../../server/src/contract/adaptation.ts';
import type { ProblemContract } from '../../server/src/contract/problem.ts';
import { WORKER_PROTOCOL } from '../../server/src/application/learning/workerFit.ts';
import { taskRunSchema, type TaskRunContract } from '../../server/src/contract/segmentationRun.ts';
import { taskListSchema, taskSchema } from '../../server/src/contract/task.ts';
import { indexIjkOf } from '../../server/src/domain/volumeGeometry.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { FakeWorker } from './fakeWorker.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const MODEL = 'tiny-adaptable';
const SERIES = [1, 2, 3, 4].map(seed => smallSeries({ seed }));
/** Another study of the first patient. */
const AGAIN = smallSeries({ seed: 5, patientID: 'TOMOCLICK-PHANTOM-1' });
const NEW = SERIES[3]!;
const HEADER_BYTES = 368;

let folders: ReturnType<typeof prepareFolders>;
let zoo: string;
let server: RunningServer;
let client: ApiClient;
let worker: FakeWorker;
let segmentationIds: string[];
const cases = (...places: readonly number[]): object[] =>
  places.map(place => ({ kind: 'workspace', segmentationId: segmentationIds[place] }));

async function start(imports: readonly string[]): Promise<void> {
  server = await startServer(folders.home, { imports, environment: { TOMOCLICK_MODELS: zoo } });
  client = new ApiClient(server.url);
  worker = new FakeWorker(client, server.url);
}

beforeAll(async () => {
  folders = prepareFolders([...SERIES, AGAIN].flatMap(({ files }) => files));
  zoo = join(folders.imports, '../zoo');
  mkdirSync(zoo);
  // The tiny model cannot be clicked with: it comes after the real one, which is then the default.
  cpSync(resolve(import.meta.dirname, '../../models/zoo/sam3d-tiny'), join(zoo, 'sam3d-tiny'), {
    recursive: true,
  });
  await writeAdaptableModel(zoo, MODEL);
  await start([folders.imports]);
  segmentationIds = [];
  for (const series of [SERIES[0]!, SERIES[1]!, SERIES[2]!, AGAIN]) {
    const { id } = await client.create(series);
    await client.edit(id, 'prompts', { prompts: [click(series.balls[0]!.centreLps)] });
    segmentationIds.push(id);
  }
}, STARTING_TIMEOUT_MS);
afterAll(async () => {
  await server.end('SIGTERM');
  folders.remove();
});

function request(...places: readonly number[]): object {
  return { title: 'Balls', model: MODEL, cases: cases(...places), settings: { folds: 3, steps: 10 } };
}

async function create(...places: readonly number[]): Promise<string> {
  const reply = await client.send('POST', '/api/v1/adaptations', request(...places));
  expect(reply.status).toBe(201);
  return adaptationSchema.parse(reply.json).id;
}

describe('the preview of a job', () => {
  test('shows the classes, and patients in folds of their own', async () => {
    const reply = await client.send('POST', '/api/v1/adaptations/preview', request(0, 1, 2));
    const preview = adaptationPreviewSchema.parse(reply.json);
    expect(preview).toMatchObject({ canStart: true, patients: 3, modalities: ['CT'], warnings: [] });
    expect(preview.classes.map(({ label }) => label)).toEqual(['Ball']);
    expect(preview.cases.map(({ fold }) => fold).sort()).toEqual([1, 2, 3]);
  });

  test('keeps two studies of one patient together, and warns where patients are too few; then there is no job', async () => {
    const reply = await client.send('POST', '/api/v1/adaptations/preview', request(0, 1, 3));
    const preview = adaptationPreviewSchema.parse(reply.json);
    expect(preview).toMatchObject({ canStart: false, patients: 2 });
    expect(preview.warnings).toMatchObject([{ code: 'adaptation-leak', isFatal: true }]);
    expect(preview.cases[2]).toMatchObject({
      patientKey: preview.cases[0]?.patientKey,
      fold: preview.cases[0]?.fold,
    });
    expectProblem(await client.send('POST', '/api/v1/adaptations', request(0, 1, 3)), 'adaptation-leak');
  });

  test('says what is wrong with a case, and such a job is refused', async () => {
    const unknown = { kind: 'workspace', segmentationId: crypto.randomUUID() };
    const body = { ...request(), cases: [...cases(0, 0, 1, 2), unknown] };
    const preview = adaptationPreviewSchema.parse(
      (await client.send('POST', '/api/v1/adaptations/preview', body)).json,
    );
    expect(preview.warnings.map(({ code }) => code).sort()).toEqual(['case-refused', 'series-twice']);
    expectProblem(await client.send('POST', '/api/v1/adaptations', body), 'unsuitable-cases');
    const missing = { ...request(0, 1, 2), classes: ['Spleen'] };
    expectProblem(await client.send('POST', '/api/v1/adaptations', missing), 'unsuitable-cases');
  });

  test('is refused for a model that cannot learn, or is not there', async () => {
    const body = { ...request(0, 1, 2), model: 'nowhere' };
    expectProblem(await client.send('POST', '/api/v1/adaptations/preview', body), 'model-not-found');
  });
});

describe('a training worker of another version', () => {
  const WORKER_BASE = { model: MODEL, version: '0.0.1' };
  test.each([
    ['that does not say which', {}, 'speaks version 1 of the worker protocol'],
    ['of a later protocol', { protocol: WORKER_PROTOCOL + 1 }, 'update the server'],
    ['with other base models', { protocol: WORKER_PROTOCOL, bases: [WORKER_BASE] }, '(tiny-adaptable 0.0.1)'],
  ])('%s is told so, the jobs wait, and readers see it', async (_, version, said) => {
    const id = await create(0, 1, 2);
    const reply = await worker.claimAs(version);
    expectProblem(reply, 'worker-outdated');
    expect((reply.json as ProblemContract).detail).toContain(said);
    const list = adaptationListSchema.parse((await client.send('GET', '/api/v1/adaptations')).json);
    expect(list.adaptations[0]).toMatchObject({ id, state: { kind: 'queued', attempts: 0 } });
    expect(list.workers).toEqual([]);
    expect(list.outdatedWorkers).toMatchObject([{ name: 'fake' }]);
    expect(list.outdatedWorkers[0]?.reason).toContain(said);
    expect((await client.send('POST', `/api/v1/adaptations/${id}/cancel`)).status).toBe(200);
  });
});

describe('a training worker', () => {
  test('gets images in modality units and labels on the same grid, and nothing of who the patients are', async () => {
    await create(0, 1, 2);
    const job = (await worker.claim())!;
    expect(JSON.stringify(job)).not.toMatch(/PHANTOM|2\.25\.7/);
    expect(job).toMatchObject({ title: 'Balls', settings: { steps: 10, folds: 3 }, checkpointUrl: null });
    const [first] = job.cases;
    const { geometry, balls } = SERIES[0]!;
    const [i, j, k] = indexIjkOf(geometry, balls[0]!.centreLps).map(Math.round) as [number, number, number];
    const at = i + geometry.shapeIjk[0] * (j + geometry.shapeIjk[1] * k);
    const image = Buffer.from((await client.send('GET', first!.imageUrl)).bytes);
    const labels = Buffer.from((await client.send('GET', first!.labelmapUrl)).bytes);
    const voxels = geometry.shapeIjk.reduce((product, side) => product * side, 1);
    expect([42, 44, 46].map(offset => image.readInt16LE(offset))).toEqual([...geometry.shapeIjk]);
    expect([image.readInt16LE(70), labels.readInt16LE(70)]).toEqual([16, 2]);
    expect(image).toHaveLength(HEADER_BYTES + 4 * voxels);
    expect(labels).toHaveLength(HEADER_BYTES + voxels);
    expect(Math.abs(image.readFloatLE(HEADER_BYTES + 4 * at) - balls[0]!.hu)).toBeLessThan(40);
    expect(labels[HEADER_BYTES + at]).toBe(1);
    const segmentation = await client.read(segmentationIds[0]!);
    const inside = labels.subarray(HEADER_BYTES).reduce((count, value) => count + value, 0);
    expect(inside).toBe(segmentation.segments[0]?.voxelCount);
    expect((await worker.post(job, 'fail', { reason: 'seen enough' })).status).toBe(204);
    expectProblem(await client.send('GET', first!.imageUrl), 'lease-lost');
  });

  test('is told when the job is cancelled; before, nobody needs to be', async () => {
    const waiting = await create(0, 1, 2);
    const cancel = (id: string): Promise<Reply> => client.send('POST', `/api/v1/adaptations/${id}/cancel`);
    expect(adaptationSchema.parse((await cancel(waiting)).json).state.kind).toBe('cancelled');
    expect(await worker.claim()).toBeUndefined();
    const id = await create(0, 1, 2);
    const job = (await worker.claim())!;
    const progress = { phase: 'fold 1 of 3', step: 1, steps: 10 };
    expect((await worker.post(job, 'progress', progress)).json).toEqual({ cancel: false });
    expect(adaptationSchema.parse((await cancel(id)).json).state.kind).toBe('cancelling');
    expect((await worker.post(job, 'progress', progress)).json).toEqual({ cancel: true });
    expect((await worker.post(job, 'fail', { reason: 'as told' })).status).toBe(204);
    const after = await client.send('GET', `/api/v1/adaptations/${id}`);
    expect(adaptationDetailSchema.parse(after.json).state.kind).toBe('cancelled');
    expectProblem(await cancel(id), 'wrong-state');
  });
});

describe('a task', () => {
  let taskId: string;

  test(
    'comes of a job that outlives the server, once its package is right',
    async () => {
      const id = await create(0, 1, 2);
      const job = (await worker.claim())!;
      const point = { phase: 'fold 1 of 3', step: 5, steps: 10, loss: 0.5, dice: 0.25 };
      await worker.post(job, 'progress', { ...point, line: 'half way' });
      const checkpoint = Uint8Array.of(1, 2, 3);
      expect(await worker.put(job, 'checkpoint', Uint8Array.of(9))).toBe(204);
      expect(await worker.put(job, 'checkpoint', checkpoint)).toBe(204);
      await server.end('SIGKILL');
      const unnamed = join(folders.home, 'learning', 'ab'.repeat(32));
      writeFileSync(unnamed, 'of a job that was cancelled as the server ended');
      await start([]);
      expect(existsSync(unnamed)).toBe(false);
      const read = await client.send('GET', `/api/v1/adaptations/${id}`);
      const detail = adaptationDetailSchema.parse(read.json);
      expect(detail).toMatchObject({ curve: [point], log: [{ line: 'half way' }] });
      expect(detail.state).toMatchObject({ kind: 'running', worker: 'fake', progress: { step: 5 } });
      const address = `/api/v1/adaptation-worker/${id}/checkpoint?leaseId=${job.leaseId}`;
      expect((await client.send('GET', address)).bytes).toEqual(checkpoint);
      expect((await worker.post(job, 'progress', { phase: 'fold 2', step: 1, steps: 10 })).status).toBe(200);

      const label = 'Ball';
      const files = Object.entries(await tinyPackage(zoo, MODEL, { id, label }));
      for (const [name, bytes] of files.slice(1)) {
        expect(await worker.put(job, `files/${name}`, bytes)).toBe(204);
      }
      expectProblem(await worker.post(job, 'complete'), 'invalid-task-package');
      const other = await tinyPackage(zoo, MODEL, { id, label, threshold: 0.25 });
      await worker.put(job, 'files/task.json', other['task.json']);
      expectProblem(await worker.post(job, 'complete'), 'invalid-task-package');
      await worker.put(job, 'files/task.json', files[0]![1]);
      for (const _ of ['once', 'again, the answer was lost']) {
        expect((await worker.post(job, 'complete')).json).toEqual({ taskId: id });
      }
      taskId = id;
      const { tasks } = taskListSchema.parse((await client.send('GET', '/api/v1/tasks')).json);
      expect(tasks).toMatchObject([
        { id, state: 'candidate', isRunnable: true, adaptationId: id, quality: { meanDice: 0.75 } },
      ]);
      expect(tasks[0]?.intendedUse).toContain('Research use');
      const card = await client.send('GET', `/api/v1/tasks/${id}/card`, undefined, { Accept: 'text/html' });
      expect(new TextDecoder().decode(card.bytes)).toContain('For research use.');
      const list = await client.send('GET', '/api/v1/adaptations');
      expect(adaptationListSchema.parse(list.json).workers).toEqual(['fake']);
    },
    STARTING_TIMEOUT_MS,
  );

  const run = (series = NEW, more: object = {}): Promise<Reply> => {
    const { studyInstanceUID, seriesInstanceUID } = series;
    return client.send('POST', `/api/v1/tasks/${taskId}/run`, {
      studyInstanceUID,
      seriesInstanceUID,
      ...more,
    });
  };

  async function ended(reply: Reply): Promise<TaskRunContract> {
    expect(reply.status).toBe(202);
    for (;;) {
      const read = await client.send('GET', reply.headers.get('Location') ?? '');
      const known = taskRunSchema.parse(read.json);
      if (known.state.kind !== 'running') return known;
      await delay(50);
    }
  }

  test('is run once it is promoted, and no more when it is retired', async () => {
    expectProblem(await run(), 'wrong-state');
    const change = async (action: string): Promise<string> =>
      taskSchema.parse((await client.send('POST', `/api/v1/tasks/${taskId}/${action}`)).json).state;
    expect(await change('promote')).toBe('promoted');
    expect(await ended(await run())).toMatchObject({ state: { kind: 'done' }, warnings: [] });
    expect(await change('retire')).toBe('retired');
    expectProblem(await run(), 'wrong-state');
    expect(await change('promote')).toBe('promoted');
  });

  test('warns on a series that it has learned from', async () => {
    const { warnings } = await ended(await run(SERIES[1]));
    expect(warnings).toMatchObject([
      { code: 'series-was-learned', detail: expect.stringContaining('case 2') },
    ]);
  });

  test('gives a segmentation that is corrected by clicks, undone and saved', async () => {
    const { state } = await ended(await run());
    const id = state.kind === 'done' ? state.segmentationId : '';
    const found = (await client.read(id)).segments[0]!;
    expect(found).toMatchObject({ label: 'Ball', canUndo: false, prompts: [] });
    expect(found.voxelCount).toBeGreaterThan(0);
    const bright = NEW.balls[1]!;
    const corrected = await client.edit(id, 'prompts', { prompts: [click(bright.centreLps, 'exclude')] });
    expect(corrected.segment.voxelCount).not.toBe(found.voxelCount);
    const undone = await client.edit(id, 'undo');
    expect(undone.segment.voxelCount).toBe(found.voxelCount);
    expect((await client.send('POST', `/api/v1/segmentations/${id}/store`)).status).toBe(201);
  });

  test('adds what it finds to a segmentation of the same series, and to no other', async () => {
    const { id, version } = await client.create(NEW, ['Mine']);
    expect((await ended(await run(NEW, { segmentationId: id }))).state).toEqual({
      ...{ kind: 'done', segmentationId: id },
    });
    const after = await client.read(id);
    expect(after.version).toBe(version + 1);
    expect(after.segments.map(({ label }) => label)).toEqual(['Mine', 'Ball']);
    const foreign = await ended(await run(NEW, { segmentationId: segmentationIds[0] }));
    expect(foreign.state).toMatchObject({ kind: 'failed', code: 'invalid-request' });
  });

  test('says of a run what came of it, and forgets nothing that was cancelled', async () => {
    const nowhere = { ...NEW, seriesInstanceUID: '1.2.3' };
    const failed = await ended(await run(nowhere));
    expect(failed.state).toMatchObject({ kind: 'failed', code: 'series-not-found' });
    const begun = taskRunSchema.parse((await run()).json);
    const cancelled = await client.send('POST', `/api/v1/task-runs/${begun.id}/cancel`);
    expect(taskRunSchema.parse(cancelled.json).state.kind).toBe('cancelled');
    expectProblem(await client.send('GET', `/api/v1/task-runs/${crypto.randomUUID()}`), 'task-run-not-found');
    expectProblem(await client.send('POST', '/api/v1/tasks/none/promote'), 'task-not-found');
  });
});
