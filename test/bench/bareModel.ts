import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readModelZoo } from '../../server/src/adapters/onnx/folderModelZoo.ts';
import { graphsOf } from '../../server/src/adapters/onnx/graphsOf.ts';
import type { BareModelTimes } from './bareModelChild.ts';

const CHILD = fileURLToPath(new URL('./bareModelChild.ts', import.meta.url));
const TIMEOUT_MS = 120_000;

/** Times of the default model's graphs alone. @throws Error when the child does not answer in time */
export async function bareModelTimes(modelsFolder: string): Promise<BareModelTimes> {
  const model = (await readModelZoo(modelsFolder)).get('default');
  const child = fork(CHILD, [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    child.send(graphsOf(model));
    const answered = once(child, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const [times] = (await answered) as [BareModelTimes];
    return times;
  } finally {
    child.kill('SIGKILL');
  }
}
