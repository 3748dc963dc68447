import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { adaptationDetailSchema, adaptationSchema } from '../../server/src/contract/adaptation.ts';
import { taskRunSchema } from '../../server/src/contract/segmentationRun.ts';
import { taskSchema } from '../../server/src/contract/task.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click } from './apiClient.ts';
import { testWithWorker, workOnce } from './realWorker.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';

const [LEARNED, UNSEEN] = [[1, 2], [3]].map(seeds => seeds.map(seed => smallSeries({ seed })));

const SHORT = { steps: 2, folds: 2 };
const JOBS = [
  { method: 'samed', settings: { ...SHORT, rank: 2 } },
  { method: 'ma_sam', settings: { ...SHORT, synthesisShare: 0.5 } },
  { method: 'sam_adapter_3d', settings: SHORT },
  { method: 'finetuned', settings: { ...SHORT, parts: 'encoder+decoder', change: 'vanilla' } },
] as const;

testWithWorker(
  'a task learned by the training worker, by whichever method, runs on a series of another patient',
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
    for (const job of JOBS) {
      const found = await client.read(
        await foundBy(await learned({ title: 'Balls', cases, ...job }, server), client),
      );
      expect(found.segments).toMatchObject([{ label: 'Ball', prompts: [] }]);
    }
    await server.end('SIGTERM');
    folders.remove();
  },
  1_800_000,
);

/** @returns the id of the task, promoted */
async function learned(job: object, { url }: RunningServer): Promise<string> {
  const client = new ApiClient(url);
  const { id } = adaptationSchema.parse((await client.send('POST', '/api/v1/adaptations', job)).json);
  await workOnce(url);
  const detail = adaptationDetailSchema.parse((await client.send('GET', `/api/v1/adaptations/${id}`)).json);
  expect(detail.state).toMatchObject({ kind: 'done' });
  expect(detail.curve.length).toBeGreaterThan(0);
  const taskId = detail.state.kind === 'done' ? detail.state.taskId : '';
  const promoted = taskSchema.parse((await client.send('POST', `/api/v1/tasks/${taskId}/promote`)).json);
  expect(promoted).toMatchObject({ state: 'promoted', isRunnable: true, quality: { patients: 2 } });
  return taskId;
}

/** @returns the id of the segmentation */
async function foundBy(taskId: string, client: ApiClient): Promise<string> {
  const { studyInstanceUID, seriesInstanceUID } = UNSEEN![0]!;
  const series = { studyInstanceUID, seriesInstanceUID };
  let run = taskRunSchema.parse((await client.send('POST', `/api/v1/tasks/${taskId}/run`, series)).json);
  while (run.state.kind === 'running') {
    await delay(200);
    run = taskRunSchema.parse((await client.send('GET', `/api/v1/task-runs/${run.id}`)).json);
  }
  expect(run.state).toMatchObject({ kind: 'done' });
  return run.state.kind === 'done' ? run.state.segmentationId : '';
}
