import type { EngineRegion, EngineRequest, RefinementRequest } from '../../ports/segmentationEngine.ts';
import type { EngineAnswer } from './engineProtocol.ts';

/** What is wanted of an encoded region. */
export type EngineTask =
  | ({ readonly kind: 'decode' } & Pick<EngineRequest, 'points' | 'box' | 'previousLogits' | 'rank'>)
  | ({ readonly kind: 'refine' } & Pick<RefinementRequest, 'points' | 'logits' | 'modality'>)
  /** Nobody waits for it with a hand on the mouse. */
  | { readonly kind: 'describe' };

export interface EngineOutcome {
  readonly found: Extract<EngineAnswer, { kind: 'decoded' | 'refined' | 'described' }>;
  readonly encodeMs: number;
  readonly taskMs: number;
}

/** What a caller waits for; it is settled once. */
export interface EngineJob {
  readonly embeddingKey: string;
  readonly region: EngineRegion;
  /** Absent: only the embedding is wanted. */
  readonly task?: EngineTask;
  /** Read ahead of its turn. */
  image?: Float32Array;
  /** Time that the encoder ran while this job waited for its embedding. */
  encodeMs: number;
  readonly resolve: (outcome: EngineOutcome | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Jobs in order of arrival, and which is next. Jobs that wait for one embedding share one encoder run. */
export class EngineQueue {
  #jobs: EngineJob[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  add(job: EngineJob): void {
    this.#jobs.push(job);
  }

  /** @returns whether it was still here */
  remove(job: EngineJob): boolean {
    const before = this.#jobs.length;
    this.#jobs = this.#jobs.filter(other => other !== job);
    return this.#jobs.length < before;
  }

  /**
   * Decodes and refinements go first, since someone sees a click waiting and they are short; then the region of a
   * click; last what is only warmed or described. So a decode waits for one encoder run at most.
   */
  next(isEncoded: (embeddingKey: string) => boolean): EngineJob | undefined {
    return (
      this.#jobs.find(job => isOfClick(job) && isEncoded(job.embeddingKey)) ??
      this.#jobs.find(isOfClick) ??
      this.#jobs.at(0)
    );
  }

  /** Of the jobs whose region is not encoded, and is not being. */
  nextToEncode(isEncoded: (embeddingKey: string) => boolean): EngineJob | undefined {
    const waiting = this.#jobs.filter(job => !isEncoded(job.embeddingKey));
    return waiting.find(isOfClick) ?? waiting.at(0);
  }

  waitingFor(embeddingKey: string): readonly EngineJob[] {
    return this.#jobs.filter(job => job.embeddingKey === embeddingKey);
  }

  takeAll(): readonly EngineJob[] {
    return this.#jobs.splice(0);
  }
}

function isOfClick({ task }: EngineJob): boolean {
  return task !== undefined && task.kind !== 'describe';
}
