import { parentPort, workerData } from 'node:worker_threads';
import { demoStudyFiles } from './demoStudy.ts';

/** The share of the slices that this worker computes: every `step`-th from `first` on. */
export interface DemoStudyShare {
  readonly first: number;
  readonly step: number;
}

if (!parentPort) throw new Error('demoStudyWorker runs as a worker thread only');
const port = parentPort;
// The other end is our own code.
const { first, step } = workerData as DemoStudyShare;
const files = demoStudyFiles(first, step);

/** Answers each message with the next Part 10 file, nothing when there is none left. */
port.on('message', () => {
  const next = files.next();
  if (next.done) {
    port.close();
    return;
  }
  // A copy of its own memory, since small Buffers share theirs and cannot be handed over.
  const part10 = new Uint8Array(next.value);
  port.postMessage(part10, [part10.buffer]);
});
