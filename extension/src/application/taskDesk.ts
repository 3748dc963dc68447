import type { TaskContract } from '@tomoclick/server/contract';
import { failureOf, type Failure } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { Desk } from './desk.ts';
import { Looks } from './looks.ts';

export interface TaskDeskState {
  readonly tasks: readonly TaskContract[];
  readonly failure: Failure | null;
}

/** The registry of tasks. */
export class TaskDesk extends Desk<TaskDeskState> {
  private readonly looks = new Looks(
    () => this.getState().failure,
    failure => this.become({ failure }),
  );

  constructor(private readonly api: Pick<LearningApi, 'tasks' | 'changeTask'>) {
    super({ tasks: [], failure: null });
  }

  refresh(): Promise<void> {
    return this.looks.look(async () => this.become({ tasks: (await this.api.tasks()).tasks }));
  }

  async change(task: TaskContract, change: 'promote' | 'retire'): Promise<void> {
    this.become({ failure: null });
    try {
      await this.api.changeTask(task.id, change);
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
    await this.refresh();
  }
}
