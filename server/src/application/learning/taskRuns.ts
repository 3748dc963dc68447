import { Problem } from '../../domain/errors.ts';
import { requirePromoted } from '../../domain/task.ts';
import { runTask, type TaskPorts, type TaskRunRequest } from './runTask.ts';

export type TaskRunState =
  | { readonly kind: 'running'; readonly progress: number }
  | { readonly kind: 'done'; readonly segmentationId: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string };

export interface TaskRun {
  readonly id: string;
  readonly taskId: string;
  readonly state: TaskRunState;
}

interface KnownRun {
  run: TaskRun;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Each holds a volume of probabilities. */
const MOST_RUNNING = 2;
const MOST_KNOWN = 100;

/** Runs of tasks, in memory: an interrupted one is begun anew, and what a finished one has found is a segmentation. */
export class TaskRuns {
  /** Oldest first. */
  readonly #known = new Map<string, KnownRun>();
  #isStopped = false;

  /** @param onFailed told what no caller is told */
  constructor(
    private readonly ports: TaskPorts,
    private readonly onFailed: (reason: unknown) => void,
  ) {}

  /**
   * Returns at once; the run goes on.
   * @throws Problem task-not-found, wrong-state, overloaded
   */
  async begin(request: TaskRunRequest): Promise<TaskRun> {
    requirePromoted(await this.ports.learning.tasks.load(request.taskId));
    const running = [...this.#known.values()].filter(({ run }) => run.state.kind === 'running').length;
    if (this.#isStopped || running >= MOST_RUNNING) {
      throw new Problem('overloaded', 'Other tasks are running; try again when they are done.', { running });
    }
    const run: TaskRun = {
      ...{ id: crypto.randomUUID(), taskId: request.taskId },
      state: { kind: 'running', progress: 0 },
    };
    const controller = new AbortController();
    this.#known.set(run.id, { run, controller, ended: this.#run(run.id, request, controller.signal) });
    this.#forgetOldest();
    return run;
  }

  /** @throws Problem task-run-not-found */
  read(id: string): TaskRun {
    return this.#find(id).run;
  }

  /** @throws Problem task-run-not-found */
  cancel(id: string): TaskRun {
    const known = this.#find(id);
    if (known.run.state.kind === 'running') {
      known.controller.abort();
      this.#become(id, { kind: 'cancelled' });
    }
    return known.run;
  }

  /** Resolves when all runs have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { controller } of this.#known.values()) controller.abort();
    await Promise.all([...this.#known.values()].map(({ ended }) => ended));
  }

  async #run(id: string, request: TaskRunRequest, signal: AbortSignal): Promise<void> {
    // The caller first learns of the run.
    await Promise.resolve();
    try {
      const segmentationId = await runTask(request, this.ports, signal, progress =>
        this.#become(id, { kind: 'running', progress }),
      );
      this.#become(id, { kind: 'done', segmentationId });
    } catch (error) {
      if (signal.aborted) return this.#become(id, { kind: 'cancelled' });
      this.#become(id, failureOf(error));
      if (!(error instanceof Problem) || error.code === 'inference-failed') this.onFailed(error);
    }
  }

  /** What was cancelled stays so. */
  #become(id: string, state: TaskRunState): void {
    const known = this.#known.get(id);
    if (known?.run.state.kind === 'running') known.run = { ...known.run, state };
  }

  #find(id: string): KnownRun {
    const known = this.#known.get(id);
    if (!known) throw new Problem('task-run-not-found', 'Run the task again.');
    return known;
  }

  #forgetOldest(): void {
    for (const [id, { run }] of this.#known) {
      if (this.#known.size <= MOST_KNOWN) return;
      if (run.state.kind !== 'running') this.#known.delete(id);
    }
  }
}

function failureOf(error: unknown): TaskRunState {
  if (error instanceof Problem) return { kind: 'failed', code: error.code, detail: error.detail };
  return {
    kind: 'failed',
    code: 'internal-error',
    detail: 'Something failed inside the server; see its log.',
  };
}
