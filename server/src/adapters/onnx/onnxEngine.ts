import { Problem } from '../../domain/errors.ts';
import { modelKeyOf } from '../../domain/modelManifest.ts';
import type {
  EngineRegion,
  EngineReply,
  EngineRequest,
  RefinementReply,
  RefinementRequest,
  SegmentationEngine,
} from '../../ports/segmentationEngine.ts';
import type { FeatureEngine, FeatureLevel } from '../../ports/featureEngine.ts';
import type { TaskEngine, TaskModel } from '../../ports/taskEngine.ts';
import { EmbeddingLedger } from './embeddingLedger.ts';
import { cancelled, inferenceFailed, shuttingDown } from './engineProblems.ts';
import { EngineQueue, type EngineJob, type EngineOutcome, type EngineTask } from './engineQueue.ts';
import { graphsOf, loadedTaskOf } from './graphsOf.ts';
import { RestartedChild, type RestartedChildOptions } from './restartedChild.ts';
import { WindowQueue, type WindowJob } from './windowQueue.ts';

export interface OnnxEngineOptions extends RestartedChildOptions {
  /** Memory for embeddings in the engine process (one of sam3d-tiny takes 8 MB). */
  readonly embeddingBytes?: number;
  readonly queueLimit?: number;
}

/** Memory for embeddings, where the options do not say. */
export const EMBEDDING_BYTES = 256 * 1024 ** 2;
const QUEUE_LIMIT = 64;
/** What was asked may take so long when the server stops. It has let its requests end before: hardly anyone waits. */
const CLOSING_MS = 5000;

/**
 * Runs models with onnxruntime in a process of its own, one command at a time. What waits, in which order, and
 * which embeddings are kept is decided here; when the process dies, the jobs it was working for fail, the
 * others go on in its successor.
 */
export class OnnxEngine implements SegmentationEngine, FeatureEngine, TaskEngine {
  readonly #queue = new EngineQueue();
  readonly #windows = new WindowQueue();
  readonly #queueLimit: number;
  readonly #embeddings: EmbeddingLedger;
  readonly #child: RestartedChild;
  #closing = false;
  #busy = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: OnnxEngineOptions) {
    this.#queueLimit = options.queueLimit ?? QUEUE_LIMIT;
    this.#embeddings = new EmbeddingLedger(options.embeddingBytes ?? EMBEDDING_BYTES);
    this.#child = new RestartedChild(options, {
      onReady: () => this.#pump(),
      onExit: (reason, wasReady) => {
        this.#embeddings.clear();
        if (!wasReady) {
          const waiting = [...this.#queue.takeAll(), ...this.#windows.takeAll()];
          for (const job of waiting) job.reject(inferenceFailed(new Error(reason)));
        }
        this.#pump();
      },
      isOver: () => this.#closing && this.#waiting === 0,
    });
  }

  /** Resolves when what was to be preloaded is, or cannot be. */
  get loaded(): Promise<void> {
    return this.#child.loaded;
  }

  async predict(request: EngineRequest, signal: AbortSignal): Promise<EngineReply> {
    const { points, box, rank, previousLogits } = request;
    const wanted = { points, ...(box && { box }), ...(rank !== undefined && { rank }) };
    const task = { kind: 'decode', ...wanted, ...(previousLogits && { previousLogits }) } as const;
    const outcome = await this.#enqueue(request, signal, task);
    if (outcome?.found.kind !== 'decoded') throw new Problem('internal-error', 'The engine gave no answer.');
    const { logits, predictedIou } = outcome.found;
    return { logits, predictedIou, encodeMs: outcome.encodeMs, decodeMs: outcome.taskMs };
  }

  async refine(request: RefinementRequest, signal: AbortSignal): Promise<RefinementReply> {
    const { model, points, logits, modality } = request;
    if (!model.refinement) return { logits, encodeMs: 0, refineMs: 0 };
    const outcome = await this.#enqueue(request, signal, { kind: 'refine', points, logits, modality });
    if (outcome?.found.kind !== 'refined') throw new Problem('internal-error', 'The engine gave no logits.');
    const { logits: refined, shownLogits } = outcome.found;
    const { encodeMs, taskMs: refineMs } = outcome;
    return { logits: refined, ...(shownLogits && { shownLogits }), encodeMs, refineMs };
  }

  async describe(region: EngineRegion, signal: AbortSignal): Promise<readonly FeatureLevel[]> {
    const outcome = await this.#enqueue(region, signal, { kind: 'describe' });
    if (outcome?.found.kind !== 'described') throw new Problem('internal-error', 'The engine saw nothing.');
    return outcome.found.levels;
  }

  async warm(region: EngineRegion, signal: AbortSignal): Promise<void> {
    await this.#enqueue(region, signal, undefined);
  }

  classify(model: TaskModel, image: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    if (this.#closing) return Promise.reject(shuttingDown());
    const classified = this.#windows.add(model, image, signal);
    this.#pump();
    return classified;
  }

  ready(): boolean {
    return this.#child.ready;
  }

  /** Its process runs and has loaded what it was to preload: a click waits for neither. */
  isPrepared(): boolean {
    return this.#child.prepared;
  }

  isIdle(): boolean {
    return this.load === 0;
  }

  /** Whether the region is encoded here, or going to be. */
  holds(region: EngineRegion): boolean {
    const key = embeddingKeyOf(region);
    return this.#embeddings.has(key) || this.#queue.waitingFor(key).length > 0;
  }

  /** Jobs that a new one would wait for; a process that has yet to start or to load its models counts as a full queue. */
  get load(): number {
    return this.#queue.length + (this.isPrepared() ? 0 : this.#queueLimit);
  }

  /** Of the engine process now running, for operators and tests. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Finishes what was asked, as far as that does not hang. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#waiting > 0 || this.#busy) await this.#idleOrLate();
    for (const job of [...this.#queue.takeAll(), ...this.#windows.takeAll()]) job.reject(shuttingDown());
    await this.#child.close();
  }

  #idleOrLate(): Promise<void> {
    return new Promise(resolve => {
      const late = setTimeout(resolve, CLOSING_MS);
      this.#whenIdle = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  #enqueue(
    region: EngineRegion,
    signal: AbortSignal,
    task: EngineTask | undefined,
  ): Promise<EngineOutcome | undefined> {
    if (this.#closing) return Promise.reject(shuttingDown());
    if (this.#queue.length >= this.#queueLimit) {
      const facts = { waiting: this.#queue.length };
      return Promise.reject(
        new Problem('overloaded', 'Many predictions are waiting; try again shortly.', facts),
      );
    }
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const abort = (): void => {
        // A running one finishes; its embedding is kept, its logits are dropped.
        this.#queue.remove(job);
        reject(cancelled());
        this.#pump();
      };
      const settled = (): void => signal.removeEventListener('abort', abort);
      const job: EngineJob = {
        embeddingKey: embeddingKeyOf(region),
        region,
        ...(task && { task }),
        encodeMs: 0,
        resolve: outcome => {
          settled();
          resolve(outcome);
        },
        reject: error => {
          settled();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#queue.add(job);
      this.#pump();
    });
  }

  /** Gives the process the next command when it is free. */
  #pump(): void {
    if (this.#busy) return;
    if (this.#waiting === 0) this.#whenIdle?.();
    if (!this.#child.ready) return;
    const work = this.#next();
    if (!work) return;
    this.#busy = true;
    void work.finally(() => {
      this.#busy = false;
      this.#pump();
    });
  }

  /** Cubes of tasks come when nobody clicks; so a click waits for one of them at most. */
  #next(): Promise<void> | undefined {
    const job = this.#queue.next(key => this.#embeddings.has(key));
    if (job) return this.#embeddings.has(job.embeddingKey) ? this.#finish(job) : this.#encode(job);
    const window = this.#windows.take();
    return window && this.#classify(window);
  }

  get #waiting(): number {
    return this.#queue.length + this.#windows.length;
  }

  /** Never rejects. */
  async #classify({ model, image, resolve, reject }: WindowJob): Promise<void> {
    try {
      const answer = await this.#child.ask({ kind: 'classify', task: loadedTaskOf(model), image });
      if (answer.kind !== 'classified') throw new Error(`the engine process answered ${answer.kind}`);
      resolve(answer.probabilities);
    } catch (error) {
      reject(inferenceFailed(error));
    }
  }

  /** Never rejects. */
  async #encode(job: EngineJob): Promise<void> {
    let image: Float32Array;
    try {
      image = imageOf(job);
    } catch (error) {
      this.#queue.remove(job);
      job.reject(error);
      return;
    }
    const { embeddingKey } = job;
    const started = performance.now();
    try {
      const graphs = graphsOf(job.region.model);
      setImmediate(() => this.#prepareNext(embeddingKey));
      const answer = await this.#child.ask({ kind: 'encode', graphs, embeddingKey, image });
      if (answer.kind !== 'encoded') throw new Error(`the engine process answered ${answer.kind}`);
      for (const key of this.#embeddings.add(embeddingKey, answer.embeddingBytes)) this.#child.forget(key);
    } catch (error) {
      for (const waiting of this.#queue.waitingFor(embeddingKey)) {
        this.#queue.remove(waiting);
        waiting.reject(inferenceFailed(error));
      }
      return;
    }
    const encodeMs = performance.now() - started;
    for (const waiting of this.#queue.waitingFor(embeddingKey)) {
      waiting.encodeMs += encodeMs;
      if (waiting.task) continue;
      this.#queue.remove(waiting);
      waiting.resolve(undefined);
    }
  }

  /** Reads the next region while the process is busy with one. */
  #prepareNext(busyWith: string): void {
    const next = this.#queue.nextToEncode(key => key === busyWith || this.#embeddings.has(key));
    try {
      if (next) next.image = imageOf(next);
    } catch {
      // It fails once more when its turn comes, and then fails its request.
    }
  }

  /** Never rejects. */
  async #finish(job: EngineJob): Promise<void> {
    this.#embeddings.touch(job.embeddingKey);
    const { embeddingKey, encodeMs } = job;
    const started = performance.now();
    try {
      if (!job.task) {
        job.resolve(undefined);
        return;
      }
      const graphs = graphsOf(job.region.model);
      const found = await this.#child.ask({ graphs, embeddingKey, ...job.task });
      if (found.kind !== 'decoded' && found.kind !== 'refined' && found.kind !== 'described') {
        throw new Error(`the engine process answered ${found.kind}`);
      }
      job.resolve({ found, encodeMs, taskMs: performance.now() - started });
    } catch (error) {
      job.reject(inferenceFailed(error));
    } finally {
      this.#queue.remove(job);
    }
  }
}

function embeddingKeyOf({ model, regionKey }: EngineRegion): string {
  return `${modelKeyOf(model)}|${regionKey}`;
}

function imageOf(job: EngineJob): Float32Array {
  return job.image ?? job.region.image();
}
