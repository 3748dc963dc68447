import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { zooTaskFolders } from './zooTaskFolders.ts';

const NOBODY = 65534;
let zoo: string;

beforeEach(async () => {
  zoo = await mkdtemp(join(tmpdir(), 'tomoclick-zoo-'));
  await chmod(zoo, 0o755);
  for (const id of ['graph', 'merged', 'shut']) await mkdir(join(zoo, 'tasks', id), { recursive: true });
  await writeFile(join(zoo, 'tasks', 'graph', 'task_model.onnx'), '');
});
afterEach(() => rm(zoo, { recursive: true }));

const runBy = async (): Promise<object> =>
  Object.fromEntries((await zooTaskFolders(zoo)).map(({ id, paths }) => [id, Object.keys(paths).at(-1)]));

test('a package is one of a graph of its own where it has that', async () => {
  expect(await runBy()).toMatchObject({ graph: 'task_model.onnx', merged: 'task_decoder.onnx' });
});

const onUnix = process.platform === 'win32' ? test.skip : test;
onUnix(
  'a folder that may not be read is a package that will be left out, and no end of the others',
  async () => {
    await chmod(join(zoo, 'tasks', 'shut'), 0);
    const isRoot = process.geteuid?.() === 0;
    // Root may read whatever it is.
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      expect(await runBy()).toMatchObject({ graph: 'task_model.onnx', shut: 'task_decoder.onnx' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  },
);
