import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SLICES } from './acquisition.ts';
import type { DemoProgress } from './demoStudy.ts';
import type { DemoStudyShare } from './demoStudyWorker.ts';

const MOST_WORKERS = 4;

/**
 * The demo study's Part 10 files, computed in worker threads so that the server stays responsive. Each worker
 * computes one file ahead of the consumer. Stops them when the consumer stops or `signal` fires.
 * @throws the signal's reason; Error when a worker fails
 */
export async function* demoStudyInstances(
  onProgress: DemoProgress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const count = Math.min(MOST_WORKERS, availableParallelism());
  const workers = Array.from({ length: count }, (_, first) => startWorker({ first, step: count }));
  try {
    const answers = workers.map(worker => {
      worker.postMessage('next');
      return on(worker, 'message', { signal });
    });
    for (let k = 0; k < SLICES; k++) {
      const answer = await answers[k % count]?.next();
      workers[k % count]?.postMessage('next');
      // The other end is our own code.
      const [part10] = answer?.value as [Uint8Array];
      onProgress(k + 1, SLICES);
      yield part10;
      // Answers that have already come would be handed out in spite of the signal.
      signal.throwIfAborted();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/** Beside the bundled server lies the bundled worker; beside this source its source, which tsx reads. */
function startWorker(workerData: DemoStudyShare): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./demoStudyWorker.js', import.meta.url), { workerData });
  }
  const source = new URL('./demoStudyWorker.ts', import.meta.url).href;
  const program = `import('tsx/esm/api').then(tsx => { tsx.register(); return import('${source}'); })`;
  return new Worker(program, { eval: true, workerData });
}
