import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { tinyGraphPackage, writeAdaptableModel } from '../../server/src/adapters/onnx/fixtures/tinyTask.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { click } from '../server/apiClient.ts';
import { FakeWorker } from '../server/fakeWorker.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

/** First of all ids: it is the default, and the job is made for it. */
const MODEL = 'a-tiny-adaptable';
const PATIENT = 'Phantom, Small';
const SERIES = [1, 2].map(seed => smallSeries({ seed }));

const folders = prepareFolders(SERIES.flatMap(({ files }) => files));
const zoo = join(folders.imports, '../zoo');
let close: () => Promise<void>;
let viewer: ViewerPage;
let worker: FakeWorker;
let pageErrors: readonly string[];
const part = (name: string): Locator => viewer.page.locator(`[data-cy=tomoclick-${name}]`);

beforeAll(async () => {
  mkdirSync(zoo);
  await writeAdaptableModel(zoo, MODEL);
  cpSync(resolve(import.meta.dirname, '../../models/zoo/sam3d-tiny'), join(zoo, 'sam3d-tiny'), {
    recursive: true,
  });
  const environment = { TOMOCLICK_MODELS: zoo };
  const started = await startViewer(folders, { imports: [folders.imports], environment });
  ({ viewer, pageErrors, close } = started);
  const { client, server } = started;
  worker = new FakeWorker(client, server.url);
  for (const { studyInstanceUID, seriesInstanceUID, balls } of SERIES) {
    const segments = [{ label: 'Ball' }];
    const begun = await client.send('POST', '/api/v1/segmentations', {
      ...{ studyInstanceUID, seriesInstanceUID, segments, model: 'sam3d-tiny' },
    });
    const { id } = begun.json as { id: string };
    await client.edit(id, 'prompts', { prompts: [click(balls[0]!.centreLps)] });
  }
}, 300_000);
afterAll(() => close());

describe('learning in the viewer', () => {
  test('says that no worker is there, shows how patients are split, and starts a job', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    await part('learn').locator('> summary').click();
    await part('no-worker').waitFor();
    await part('learn').locator('[data-cy=tomoclick-case]').nth(1).waitFor();
    for (const box of await part('learn').locator('[data-cy=tomoclick-case] input').all()) await box.check();
    await part('task-title').fill('Balls');
    await part('job-settings').locator('summary').click();
    await part('setting-method').selectOption({ label: 'finetune-SAM' });
    await part('setting-parts').selectOption({ label: 'Decoder' });
    await part('setting-rank').waitFor({ state: 'detached' });
    await part('setting-change').selectOption({ label: 'Low-rank factors' });
    await part('setting-synthesis').check();
    await part('setting-rank').fill('900');
    await part('setting-rank').press('Enter');
    await part('preview-job').click();
    await part('preview').getByText('2 cases of 2 patients').waitFor();
    await viewer.picture('learn-preview');
    await part('start-job').click();
    await viewer.page.locator('[data-cy=tomoclick-job][data-state=queued]').waitFor();
  }, 240_000);

  test('follows the worker, and promotes what came of it', async () => {
    const job = (await worker.claim())!;
    // The most that the contract takes; as many folds as there are patients.
    expect(job).toMatchObject({
      method: 'finetuned',
      settings: { steps: 100, rank: 64, folds: 2, synthesisShare: 0.5, parts: 'decoder', change: 'LoRA' },
    });
    for (const step of [1, 2, 3, 4, 5]) {
      const said = { phase: 'fold 1 of 2', step, steps: 5, loss: 1 / step, dice: 1 - 1 / step };
      await worker.post(job, 'progress', { ...said, line: `step ${step}` });
    }
    await part('job').getByText('step 5 of 5').waitFor();
    await part('no-worker').waitFor({ state: 'detached' });
    await viewer.picture('learn-progress');
    const made = await tinyGraphPackage(zoo, MODEL, { id: job.id, label: 'Ball', method: job.method });
    for (const [name, bytes] of Object.entries(made)) await worker.put(job, `files/${name}`, bytes);
    expect((await worker.post(job, 'complete')).status).toBe(200);
    await part('promote-task').click();
    await viewer.page.locator('[data-cy=tomoclick-learned][data-state=promoted]').waitFor();
  }, 120_000);

  test('runs the task on the series in view, and shows what it has found as a segment of its own', async () => {
    await part('learn').locator('> summary').click();
    const before = await part('segment').count();
    await part('tasks').locator('summary').click();
    await part('run-task').click();
    await part('segment').nth(before).waitFor();
    const volume = await part('segment').nth(before).locator('[data-cy=tomoclick-volume]').innerText();
    expect(Number.parseFloat(volume)).toBeGreaterThan(0);
    await part('task-run').waitFor({ state: 'detached' });
    await viewer.picture('task-found');
    expect(pageErrors).toEqual([]);
  }, 120_000);
});
