import type { TaskRunContract } from '@tomoclick/server/contract';
import { failureOf, isTransient, type Failure } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { Desk } from './desk.ts';

const POLL_MS = 500;
/** Half a minute: a server that is started anew has lost the run, and says so. */
const MOST_SILENT_POLLS = 60;

/** What can run: the part of the panel that shows how far it is. */
export type RunKind = 'task' | 'exemplar-set';

export interface RunDeskState {
  /** Null: none runs. `id` is null until the server has answered. */
  readonly run: {
    readonly id: string | null;
    readonly kind: RunKind;
    readonly title: string;
    readonly progress: number;
  } | null;
  /** Of the run that goes on, or was the last. */
  readonly kind: RunKind | null;
  readonly warnings: readonly string[];
  readonly failure: Failure | null;
}

/** Follows what segments the series in view without clicks, one at a time. */
export class RunDesk extends Desk<RunDeskState> {
  constructor(
    private readonly api: Pick<LearningApi, 'readRun' | 'cancelRun'>,
    private readonly delay: (ms: number) => Promise<void>,
  ) {
    super({ run: null, kind: null, warnings: [], failure: null });
  }

  /**
   * @param begin asks the server for the run
   * @param onFound told when the server has the segments, and in which segmentation
   */
  async run(
    kind: RunKind,
    title: string,
    begin: () => Promise<TaskRunContract>,
    onFound: (segmentationId: string) => void,
  ): Promise<void> {
    if (this.getState().run) return;
    this.become({ kind, run: { id: null, kind, title, progress: 0 }, failure: null, warnings: [] });
    try {
      let { id, state, warnings } = await begin();
      this.become({ warnings: warnings.map(({ detail }) => detail) });
      while (state.kind === 'running') {
        this.become({ run: { id, kind, title, progress: state.progress } });
        ({ id, state, warnings } = await this.nextState(id));
      }
      if (state.kind === 'done') onFound(state.segmentationId);
      if (state.kind === 'failed') {
        this.become({ failure: { title: `${title} failed`, detail: state.detail, retriable: false } });
      }
    } catch (error) {
      this.become({ failure: failureOf(error) });
    } finally {
      this.become({ run: null });
    }
  }

  /** A run goes on whether or not the server answers at the moment. */
  private async nextState(id: string): Promise<TaskRunContract> {
    for (let poll = 1; ; poll += 1) {
      await this.delay(POLL_MS);
      try {
        return await this.api.readRun(id);
      } catch (error) {
        if (!isTransient(error) || poll === MOST_SILENT_POLLS) throw error;
      }
    }
  }

  /** The poll sees it. */
  async cancel(): Promise<void> {
    const id = this.getState().run?.id;
    if (id === undefined || id === null) return;
    await this.api.cancelRun(id).catch((error: unknown) => this.become({ failure: failureOf(error) }));
  }
}
