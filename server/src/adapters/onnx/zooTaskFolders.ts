import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskPackage } from '../../domain/taskPackage.ts';
import type { TaskFolder } from '../../ports/taskPackages.ts';
import { TASKS_FOLDER } from './folderModelZoo.ts';

/** The packages that came with a model zoo, `<zoo>/tasks/<id>/`, in the order of the ids; none where there is no such folder. */
export async function zooTaskFolders(zoo: string): Promise<readonly TaskFolder[]> {
  const folder = join(zoo, TASKS_FOLDER);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const ids = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(ids.sort().map(async id => ({ id, paths: await pathsIn(join(folder, id)) })));
}

async function pathsIn(folder: string): Promise<TaskPackage<string>> {
  const described = {
    'task.json': join(folder, 'task.json'),
    'adapter.safetensors': join(folder, 'adapter.safetensors'),
    'CARD.md': join(folder, 'CARD.md'),
  };
  const model = join(folder, 'task_model.onnx');
  // Of a folder that may not be read, whoever reads the package says so.
  const runsByItself = await stat(model).then(
    () => true,
    () => false,
  );
  return runsByItself
    ? { ...described, 'task_model.onnx': model }
    : { ...described, 'task_decoder.onnx': join(folder, 'task_decoder.onnx') };
}
