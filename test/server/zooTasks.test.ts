import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  tinyGraphPackage,
  tinyPackage,
  writeAdaptableModel,
} from '../../server/src/adapters/onnx/fixtures/tinyTask.ts';
import { taskListSchema, type TaskList } from '../../server/src/contract/task.ts';
import type { TaskPackage } from '../../server/src/domain/taskPackage.ts';
import { ApiClient } from './apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const MODEL = 'tiny-adaptable';

test(
  'packages in the zoo are tasks ready for use, those that fit; what was retired stays so',
  async () => {
    const { home, imports, remove } = prepareFolders([]);
    const zoo = join(imports, '../zoo');
    const packaged = async (
      folder: string,
      changes: Readonly<Record<string, Uint8Array>> = {},
      make: (...of: Parameters<typeof tinyPackage>) => Promise<TaskPackage<Uint8Array>> = tinyPackage,
    ) => {
      mkdirSync(join(zoo, 'tasks', folder), { recursive: true });
      const files = { ...(await make(zoo, MODEL, { id: folder, label: 'Ball' })), ...changes };
      for (const [name, bytes] of Object.entries(files))
        writeFileSync(join(zoo, 'tasks', folder, name), bytes);
    };
    mkdirSync(zoo);
    await writeAdaptableModel(zoo, MODEL);
    await packaged('balls');
    await packaged('balls-by-graph', {}, tinyGraphPackage);
    await packaged('damaged', { 'adapter.safetensors': Uint8Array.of(1, 2, 3) });
    const other = await tinyPackage(zoo, MODEL, { id: 'another', label: 'Ball' });
    await packaged('renamed', { 'task.json': other['task.json'] });

    const start = async (): Promise<{ server: RunningServer; tasks: () => Promise<TaskList['tasks']> }> => {
      const options = { imports: [imports], environment: { TOMOCLICK_MODELS: zoo } };
      const server = await startServer(home, options);
      const list = async () => (await new ApiClient(server.url).send('GET', '/api/v1/tasks')).json;
      return { server, tasks: async () => taskListSchema.parse(await list()).tasks };
    };
    const first = await start();
    expect(await first.tasks()).toMatchObject([
      { id: 'balls-by-graph', state: 'promoted', isRunnable: true, method: 'ma_sam' },
      { id: 'balls', state: 'promoted', isRunnable: true, adaptationId: null },
    ]);
    expect(first.server.output()).toMatch(/The task damaged of the zoo is left out: .*adapter/);
    expect(first.server.output()).toMatch(/The task renamed of the zoo is left out: .*another/);
    await new ApiClient(first.server.url).send('POST', '/api/v1/tasks/balls/retire');
    await first.server.end('SIGTERM');
    const second = await start();
    expect(await second.tasks()).toMatchObject([{ state: 'promoted' }, { id: 'balls', state: 'retired' }]);
    await second.server.end('SIGTERM');
    remove();
  },
  2 * STARTING_TIMEOUT_MS,
);
