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
import { EMBEDDING_BYTES, OnnxEngine, type OnnxEngineOptions } from './onnxEngine.ts';

const MOST_PROCESSES = 4;

/** On two cores one process that uses both is as quick as two, and takes half the memory. */
export function enginesFor(cores: number): number {
  return Math.min(MOST_PROCESSES, Math.max(1, Math.floor(cores / 2)));
}

/**
 * Several engine processes, so that the looks of one click, and the clicks of several readers, are worked on side
 * by side. A region stays with the process that has encoded it. While one starts again, or loads its models, the others
 * are asked.
 */
export class OnnxEnginePool implements SegmentationEngine, FeatureEngine, TaskEngine {
  readonly #engines: readonly OnnxEngine[];

  /** @param options of each engine; memory for embeddings is that of all of them together */
  constructor({ embeddingBytes = EMBEDDING_BYTES, ...options }: OnnxEngineOptions, processes: number) {
    const share = { ...options, embeddingBytes: embeddingBytes / processes };
    this.#engines = Array.from({ length: processes }, () => new OnnxEngine(share));
  }

  predict(request: EngineRequest, signal: AbortSignal): Promise<EngineReply> {
    return this.#engineFor(request).predict(request, signal);
  }

  refine(request: RefinementRequest, signal: AbortSignal): Promise<RefinementReply> {
    return this.#engineFor(request).refine(request, signal);
  }

  warm(region: EngineRegion, signal: AbortSignal): Promise<void> {
    return this.#engineFor(region).warm(region, signal);
  }

  describe(region: EngineRegion, signal: AbortSignal): Promise<readonly FeatureLevel[]> {
    return this.#engineFor(region).describe(region, signal);
  }

  /** In one process: the others stay free for clicks, and the weights of a task are held once. */
  classify(model: TaskModel, image: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    const engine = this.#engines.at(-1);
    if (!engine) throw new RangeError('a pool needs an engine');
    return engine.classify(model, image, signal);
  }

  isIdle(): boolean {
    return this.#engines.some(engine => engine.isIdle());
  }

  /** While one process restarts the others serve. */
  ready(): boolean {
    return this.#engines.some(engine => engine.ready());
  }

  /** Resolves when every process has loaded what it was to preload, or cannot. */
  async loaded(): Promise<void> {
    await Promise.all(this.#engines.map(engine => engine.loaded));
  }

  /** Of the engine processes now running, for operators and tests. */
  get pids(): readonly (number | undefined)[] {
    return this.#engines.map(engine => engine.pid);
  }

  async close(): Promise<void> {
    await Promise.all(this.#engines.map(engine => engine.close()));
  }

  #engineFor(region: EngineRegion): OnnxEngine {
    const prepared = this.#engines.filter(engine => engine.isPrepared());
    // That others wait for the region in a process that starts again is no reason to wait there, too.
    const holders = prepared.length > 0 ? prepared : this.#engines;
    const holder = holders.find(engine => engine.holds(region));
    if (holder) return holder;
    const [first, ...others] = this.#engines;
    if (!first) throw new RangeError('a pool needs an engine');
    return others.reduce((best, engine) => (engine.load < best.load ? engine : best), first);
  }
}
