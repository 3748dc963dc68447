import type { TaskContract } from '@tomoclick/server/contract';
import { useSyncExternalStore, type ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import type { TaskDesk, TaskDeskState } from '../application/taskDesk.ts';
import { FailureNote } from './FailureNote.tsx';
import { qualityText } from './qualityText.ts';

/** Promoted tasks that fit the series, each run by one button. */
export function TaskPart(props: {
  readonly desk: TaskDesk;
  readonly modality: string | undefined;
  /** Undefined while no series is shown. */
  readonly runner: PromptSessionRunner | undefined;
  readonly cardAddress: (taskId: string) => string;
}): ReactElement {
  const { desk, modality, runner, cardAddress } = props;
  const { tasks, run, failure } = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  const offered = tasks.filter(task => isOffered(task, modality));
  const begin = (task: TaskContract): void => {
    if (!runner) return;
    const { segmentationId } = runner.getSession();
    void desk.run(task, runner.series, segmentationId, () => runner.reload());
  };
  return (
    <details
      className="tomoclick-part"
      onToggle={event => event.currentTarget.open && void desk.refresh()}
      data-cy="tomoclick-tasks"
    >
      <summary>Tasks: segment without clicks</summary>
      <div>
        {run ? <RunningTask run={run} onCancel={() => void desk.cancel()} /> : null}
        {offered.map(task => (
          <div key={task.id} className="tomoclick-row" data-cy="tomoclick-task">
            <span>
              {task.title}
              <small>{qualityText(task.quality)}</small>
              <small>{task.intendedUse}</small>
            </span>
            <a href={cardAddress(task.id)} target="_blank" rel="noreferrer">
              Card
            </a>
            <button
              type="button"
              disabled={run !== null || !runner}
              onClick={() => begin(task)}
              title={`Finds ${task.classes.map(({ label }) => label).join(', ')} in this series`}
              data-cy="tomoclick-run-task"
            >
              Run
            </button>
          </div>
        ))}
        {offered.length === 0 && (
          <p className="tomoclick-hint">
            No task is promoted for {modality ?? 'this series'}. Tasks are learned below.
          </p>
        )}
        <FailureNote failure={failure} />
      </div>
    </details>
  );
}

function RunningTask(props: {
  readonly run: NonNullable<TaskDeskState['run']>;
  readonly onCancel: () => void;
}): ReactElement {
  const { run, onCancel } = props;
  return (
    <div className="tomoclick-row" aria-live="polite" data-cy="tomoclick-task-run">
      <span>
        {run.title} … {Math.round(100 * run.progress)} %
        <progress value={run.progress} aria-label="Progress of the task" />
      </span>
      <button type="button" disabled={run.id === null} onClick={onCancel} data-cy="tomoclick-cancel-task">
        Cancel
      </button>
    </div>
  );
}

function isOffered({ state, isRunnable, modalities }: TaskContract, modality: string | undefined): boolean {
  return state === 'promoted' && isRunnable && modality !== undefined && modalities.includes(modality);
}
