import { Worker } from 'node:worker_threads';
import { Problem } from '../../domain/errors.ts';
import { DecodeThread } from './decodeThread.ts';
import type { DecodeThreadData, DecodeReply, DecodeResults, DecodeTask } from './decodeProtocol.ts';

export interface DecodeThreadsOptions extends DecodeThreadData {
  readonly maxThreads: number;
  /** One image; far above the slowest, so that what takes longer is hostile. */
  readonly timeoutMs: number;
  /** JavaScript heap of one thread; the codecs' WebAssembly memory comes on top. */
  readonly maxHeapMb: number;
}

interface Job {
  readonly task: DecodeTask;
  readonly resolve: (reply: DecodeReply) => void;
}

/** What an image that takes a thread down is refused with. */
const COSTLY: DecodeReply = {
  kind: 'refused',
  code: 'unsupported-pixel-data',
  detail: 'The image takes too long or too much memory to decode; it may be damaged.',
  facts: {},
};

/**
 * Threads that decode one image each at a time, started when there is work for them. A thread that hangs or dies
 * over an image fails that image alone: the next one gets a new thread. One that dies without work is given none.
 */
export class DecodeThreads {
  readonly #options: DecodeThreadsOptions;
  readonly #start: () => DecodeThread;
  readonly #idle: DecodeThread[] = [];
  readonly #busy = new Set<DecodeThread>();
  readonly #waiting: Job[] = [];
  #isClosed = false;

  constructor(options: DecodeThreadsOptions, start: () => Worker = () => startThread(options)) {
    this.#options = options;
    this.#start = () => new DecodeThread(start());
  }

  /** @throws Problem unsupported-pixel-data, unsupported-geometry, cancelled once closed */
  async run<Task extends DecodeTask>(task: Task): Promise<DecodeResults[Task['kind']]> {
    const reply = await new Promise<DecodeReply>(resolve => {
      this.#waiting.push({ task, resolve });
      this.#next();
    });
    switch (reply.kind) {
      case 'done':
        // The thread answers a task with a result of its kind.
        return reply.result as DecodeResults[Task['kind']];
      case 'refused':
        throw new Problem(reply.code, reply.detail, reply.facts);
      case 'failed':
        throw new Error(reply.message);
    }
  }

  /** Ends the threads; what they were asked fails as cancelled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(cancelled());
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map(thread => thread.terminate()));
  }

  #next(): void {
    if (this.#isClosed) {
      for (const { resolve } of this.#waiting.splice(0)) resolve(cancelled());
      return;
    }
    while (this.#idle.at(-1)?.isOver) this.#idle.pop();
    if (this.#idle.length === 0 && this.#busy.size >= this.#options.maxThreads) return;
    const job = this.#waiting.shift();
    if (job) void this.#work(job, this.#idle.pop() ?? this.#start());
  }

  async #work(job: Job, thread: DecodeThread): Promise<void> {
    const isUsed = thread.isUsed;
    this.#busy.add(thread);
    const reply = await thread.ask(job.task, this.#options.timeoutMs);
    this.#busy.delete(thread);
    if (!thread.isOver) this.#idle.push(thread);
    if (typeof reply !== 'string') job.resolve(reply);
    else if (this.#isClosed) job.resolve(cancelled());
    // It may have ended of what it decoded before, and be known to have ended only now.
    else if (reply === 'ended' && isUsed) return this.#work(job, this.#start());
    else job.resolve(COSTLY);
    this.#next();
  }
}

function cancelled(): DecodeReply {
  return { kind: 'refused', code: 'cancelled', detail: 'The server is shutting down.', facts: {} };
}

/** Beside the bundled server lies the bundled worker; beside this source its source, which tsx reads. */
function startThread({ maxHeapMb, maxHeaderBytes }: DecodeThreadsOptions): Worker {
  const workerData: DecodeThreadData = { maxHeaderBytes };
  const options = { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb }, workerData };
  return import.meta.url.endsWith('.ts')
    ? new Worker(programOf(new URL('./decodeWorker.ts', import.meta.url).href), { eval: true, ...options })
    : new Worker(new URL('./decodeWorker.js', import.meta.url), options);
}

function programOf(source: string): string {
  return `import('tsx/esm/api').then(tsx => { tsx.register(); return import('${source}'); })`;
}
