import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  return ids.sort().map(id => ({
    id,
    paths: {
      'task.json': join(folder, id, 'task.json'),
      'adapter.safetensors': join(folder, id, 'adapter.safetensors'),
      'task_decoder.onnx': join(folder, id, 'task_decoder.onnx'),
      'CARD.md': join(folder, id, 'CARD.md'),
    },
  }));
}
