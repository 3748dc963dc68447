import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DemoProgress } from './demoStudy.ts';
import type { DemoStudyMessage } from './demoStudyWorker.ts';

/**
 * The demo study's Part 10 files, computed in a worker thread so that the server stays responsive. One file is
 * computed ahead of the consumer. Stops the worker when the consumer stops or `signal` fires.
 * @throws the signal's reason; Error when the worker fails
 */
export async function* demoStudyInstances(
  onProgress: DemoProgress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const worker = startWorker();
  try {
    const messages = on(worker, 'message', { signal }) as AsyncIterable<[DemoStudyMessage]>;
    worker.postMessage('next');
    for await (const [message] of messages) {
      if (message.kind === 'end') return;
      worker.postMessage('next');
      onProgress(message.done, message.total);
      yield message.part10;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}

/** Beside the bundled server lies the bundled worker; beside this source its source, which tsx reads. */
function startWorker(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./demoStudyWorker.js', import.meta.url));
  const source = new URL('./demoStudyWorker.ts', import.meta.url).href;
  const program = `import('tsx/esm/api').then(tsx => { tsx.register(); return import('${source}'); })`;
  return new Worker(program, { eval: true });
}
