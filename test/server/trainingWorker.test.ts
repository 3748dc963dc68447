import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { adaptationDetailSchema, adaptationSchema } from '../../server/src/contract/adaptation.ts';
import { taskRunSchema } from '../../server/src/contract/segmentationRun.ts';
import { taskSchema } from '../../server/src/contract/task.ts';
import { findPython } from '../external/python.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click } from './apiClient.ts';
import { prepareFolders, startServer } from './runningServer.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const python = findPython(['torch', 'sam3d.worker']);
const isAdaptable = existsSync(resolve(ROOT, 'models/zoo/sam3d-tiny/adaptable_encoder.bin'));
const withWorker = python !== undefined && isAdaptable ? test : test.skip;
if (python === undefined) console.log('SKIPPED: the training worker: no Python with torch and sam3d.worker');
if (!isAdaptable) console.log('SKIPPED: the training worker: the zoo has no adaptable encoder');

const [LEARNED, UNSEEN] = [[1, 2], [3]].map(seeds => seeds.map(seed => smallSeries({ seed })));

/** Takes one job and ends. @throws Error with what it wrote when it fails */
async function workOnce(url: string): Promise<void> {
  const child = spawn(python ?? '', ['-m', 'sam3d.worker', '--url', url, '--once'], { cwd: ROOT });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const code = await new Promise(ended => child.once('close', ended));
  if (code !== 0) throw new Error(written);
}

withWorker(
  'a task learned by the training worker runs on a series of another patient',
  async () => {
    const folders = prepareFolders([...LEARNED!, ...UNSEEN!].flatMap(({ files }) => files));
    const server = await startServer(folders.home, { imports: [folders.imports] });
    const client = new ApiClient(server.url);
    const cases: object[] = [];
    for (const series of LEARNED!) {
      const { id } = await client.create(series);
      await client.edit(id, 'prompts', { prompts: [click(series.balls[0]!.centreLps)] });
      cases.push({ kind: 'workspace', segmentationId: id });
    }
    const settings = { steps: 2, rank: 2, folds: 2 };
    const created = await client.send('POST', '/api/v1/adaptations', { title: 'Balls', cases, settings });
    const { id } = adaptationSchema.parse(created.json);
    await workOnce(server.url);
    const detail = adaptationDetailSchema.parse((await client.send('GET', `/api/v1/adaptations/${id}`)).json);
    expect(detail.state).toMatchObject({ kind: 'done' });
    expect(detail.curve.length).toBeGreaterThan(0);
    const taskId = detail.state.kind === 'done' ? detail.state.taskId : '';
    const promoted = taskSchema.parse((await client.send('POST', `/api/v1/tasks/${taskId}/promote`)).json);
    expect(promoted).toMatchObject({ state: 'promoted', isRunnable: true, quality: { patients: 2 } });
    const { studyInstanceUID, seriesInstanceUID } = UNSEEN![0]!;
    const begun = await client.send('POST', `/api/v1/tasks/${taskId}/run`, {
      ...{ studyInstanceUID, seriesInstanceUID },
    });
    let run = taskRunSchema.parse(begun.json);
    while (run.state.kind === 'running') {
      await delay(200);
      run = taskRunSchema.parse((await client.send('GET', `/api/v1/task-runs/${run.id}`)).json);
    }
    expect(run.state).toMatchObject({ kind: 'done' });
    const found = await client.read(run.state.kind === 'done' ? run.state.segmentationId : '');
    expect(found.segments).toMatchObject([{ label: 'Ball', prompts: [] }]);
    await server.end('SIGTERM');
    folders.remove();
  },
  900_000,
);
