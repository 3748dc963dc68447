import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { adaptationDetailSchema, adaptationSchema } from '../../server/src/contract/adaptation.ts';
import { taskRunSchema } from '../../server/src/contract/segmentationRun.ts';
import { taskSchema } from '../../server/src/contract/task.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click } from './apiClient.ts';
import { testWithWorker, workOnce } from './realWorker.ts';
import { prepareFolders, startServer } from './runningServer.ts';

const [LEARNED, UNSEEN] = [[1, 2], [3]].map(seeds => seeds.map(seed => smallSeries({ seed })));

testWithWorker(
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
