import { Problem } from '../domain/errors.ts';
import type { RunOrigin } from '../domain/runOrigin.ts';
import { throwIfCancelled } from './singleFlight.ts';

export type RunState =
  | { readonly kind: 'running'; readonly progress: number }
  | { readonly kind: 'done'; readonly segmentationId: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string };

/** What is to be known before what a run finds is believed. */
export interface RunWarning {
  readonly code: 'series-is-exemplar' | 'series-was-learned';
  readonly detail: string;
}

export interface SegmentationRun {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly warnings: readonly RunWarning[];
  readonly state: RunState;
}

/**
 * The work of a run.
 * @param onProgress told a number between 0 and 1
 * @returns the id of the segmentation that holds what was found
 */
export type RunWork = (signal: AbortSignal, onProgress: (share: number) => void) => Promise<string>;

interface KnownRun {
  run: SegmentationRun;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Each holds a volume of probabilities, or of features. */
const MOST_RUNNING = 2;
const MOST_KNOWN = 100;

/**
 * Whole series being segmented without prompts, in memory: an interrupted run is begun anew, and what a finished one
 * has found is a segmentation.
 */
export class SegmentationRuns {
  /** Oldest first. */
  readonly #known = new Map<string, KnownRun>();
  #isStopped = false;

  /** @param onFailed told what no caller is told */
  constructor(private readonly onFailed: (reason: unknown) => void) {}

  /** Returns at once; the run goes on. @throws Problem overloaded */
  begin(origin: RunOrigin, work: RunWork, warnings: readonly RunWarning[] = []): SegmentationRun {
    const running = this.#going().length;
    if (this.#isStopped || running >= MOST_RUNNING) {
      throw new Problem('overloaded', 'Other runs go on; try again when they are done.', { running });
    }
    const run: SegmentationRun = {
      ...{ id: crypto.randomUUID(), origin, warnings },
      state: { kind: 'running', progress: 0 },
    };
    const controller = new AbortController();
    this.#known.set(run.id, { run, controller, ended: this.#run(run.id, work, controller.signal) });
    this.#forgetOldest();
    return run;
  }

  /** @throws Problem task-run-not-found */
  read(id: string): SegmentationRun {
    return this.#find(id).run;
  }

  /** @throws Problem task-run-not-found */
  cancel(id: string): SegmentationRun {
    const known = this.#find(id);
    if (known.run.state.kind === 'running') {
      known.controller.abort();
      this.#become(id, { kind: 'cancelled' });
    }
    return known.run;
  }

  /** Resolves when no run goes on; it may be that one begins the next moment. @throws Problem cancelled */
  async whenIdle(signal: AbortSignal): Promise<void> {
    let leave = (): void => undefined;
    const left = new Promise<void>(resolve => (leave = resolve));
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (let going = this.#going(); going.length > 0 && !signal.aborted; going = this.#going()) {
        await Promise.race([left, Promise.all(going.map(({ ended }) => ended))]);
      }
    } finally {
      signal.removeEventListener('abort', leave);
    }
    throwIfCancelled(signal);
  }

  /** Resolves when all runs have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { controller } of this.#known.values()) controller.abort();
    await Promise.all([...this.#known.values()].map(({ ended }) => ended));
  }

  async #run(id: string, work: RunWork, signal: AbortSignal): Promise<void> {
    // The caller first learns of the run.
    await Promise.resolve();
    try {
      const segmentationId = await work(signal, progress => this.#become(id, { kind: 'running', progress }));
      this.#become(id, { kind: 'done', segmentationId });
    } catch (error) {
      if (signal.aborted) return this.#become(id, { kind: 'cancelled' });
      this.#become(id, { kind: 'failed', ...failureOf(error) });
      if (!(error instanceof Problem) || error.code === 'inference-failed') this.onFailed(error);
    }
  }

  /** What was cancelled stays so. */
  #become(id: string, state: RunState): void {
    const known = this.#known.get(id);
    if (known?.run.state.kind === 'running') known.run = { ...known.run, state };
  }

  #going(): readonly KnownRun[] {
    return [...this.#known.values()].filter(({ run }) => run.state.kind === 'running');
  }

  #find(id: string): KnownRun {
    const known = this.#known.get(id);
    if (!known) throw new Problem('task-run-not-found', 'Begin the run again.');
    return known;
  }

  #forgetOldest(): void {
    for (const [id, { run }] of this.#known) {
      if (this.#known.size <= MOST_KNOWN) return;
      if (run.state.kind !== 'running') this.#known.delete(id);
    }
  }
}

/** What a reader is told of a failure: nothing of the server's inside. */
export function failureOf(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof Problem) return { code: error.code, detail: error.detail };
  return { code: 'internal-error', detail: 'Something failed inside the server; see its log.' };
}
