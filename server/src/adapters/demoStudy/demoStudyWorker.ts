import { parentPort } from 'node:worker_threads';
import { SLICES } from './acquisition.ts';
import { demoStudyFiles } from './demoStudy.ts';

/** What the worker answers to each 'next'. */
export type DemoStudyMessage =
  { readonly kind: 'instance'; readonly part10: Uint8Array; readonly done: number; readonly total: number } | { readonly kind: 'end' }; // prettier-ignore

if (!parentPort) throw new Error('demoStudyWorker runs as a worker thread only');
const port = parentPort;
const files = demoStudyFiles();
let done = 0;

port.on('message', () => {
  const next = files.next();
  if (next.done) {
    port.postMessage({ kind: 'end' } satisfies DemoStudyMessage);
    port.close();
    return;
  }
  // A copy of its own memory, since small Buffers share theirs and cannot be handed over.
  const part10 = new Uint8Array(next.value);
  port.postMessage({ kind: 'instance', part10, done: ++done, total: SLICES } satisfies DemoStudyMessage, [
    part10.buffer,
  ]);
});
