import type { TaskContract } from '@tomoclick/server/contract';
import { failureOf, type Failure } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import type { SeriesReference } from '../ports/segmentationApi.ts';
import { Desk } from './desk.ts';

const POLL_MS = 500;

export interface TaskDeskState {
  readonly tasks: readonly TaskContract[];
  /** Null: none runs. `id` is null until the server has answered. */
  readonly run: { readonly id: string | null; readonly title: string; readonly progress: number } | null;
  readonly failure: Failure | null;
}

/** Runs tasks on the series in view, one at a time. */
export class TaskDesk extends Desk<TaskDeskState> {
  constructor(
    private readonly api: LearningApi,
    private readonly delay: (ms: number) => Promise<void>,
  ) {
    super({ tasks: [], run: null, failure: null });
  }

  async refresh(): Promise<void> {
    try {
      this.become({ tasks: (await this.api.tasks()).tasks });
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
  }

  /** @param onFound told when the server has the segments */
  async run(
    task: TaskContract,
    series: SeriesReference,
    segmentationId: string | null,
    onFound: () => void,
  ): Promise<void> {
    if (this.getState().run) return;
    const { title } = task;
    this.become({ run: { id: null, title, progress: 0 }, failure: null });
    try {
      let { id, state } = await this.api.run(task.id, series, segmentationId);
      while (state.kind === 'running') {
        this.become({ run: { id, title, progress: state.progress } });
        await this.delay(POLL_MS);
        ({ id, state } = await this.api.readRun(id));
      }
      if (state.kind === 'done') onFound();
      if (state.kind === 'failed') {
        this.become({ failure: { title: `${title} failed`, detail: state.detail, retriable: false } });
      }
    } catch (error) {
      this.become({ failure: failureOf(error) });
    } finally {
      this.become({ run: null });
    }
  }

  /** The poll sees it. */
  async cancel(): Promise<void> {
    const id = this.getState().run?.id;
    if (id === undefined || id === null) return;
    await this.api.cancelRun(id).catch((error: unknown) => this.become({ failure: failureOf(error) }));
  }

  async change(task: TaskContract, change: 'promote' | 'retire'): Promise<void> {
    try {
      await this.api.changeTask(task.id, change);
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
    await this.refresh();
  }

  dismiss(): void {
    this.become({ failure: null });
  }
}
