import type { TaskContract } from '@tomoclick/server/contract';
import { useSyncExternalStore, type ReactElement } from 'react';
import type { RunDesk } from '../application/runDesk.ts';
import type { TaskDesk } from '../application/taskDesk.ts';
import { FailureNote } from './FailureNote.tsx';
import { OtherBaseHint } from './OtherBaseHint.tsx';
import { qualityText } from './qualityText.ts';
import { RunProgress } from './RunProgress.tsx';

/** Promoted tasks that fit the series, each run by one button, or with the reason why it cannot be. */
export function TaskPart(props: {
  readonly desk: TaskDesk;
  readonly runs: RunDesk;
  readonly modality: string | undefined;
  /** Undefined while no series is shown. */
  readonly onRun: ((task: TaskContract) => void) | undefined;
  readonly cardAddress: (taskId: string) => string;
}): ReactElement {
  const { desk, runs, modality, onRun, cardAddress } = props;
  const { tasks, failure } = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  const { run } = useSyncExternalStore(runs.subscribe, runs.getState, runs.getState);
  const offered = tasks.filter(task => isOffered(task, modality));
  return (
    <details
      className="tomoclick-part"
      onToggle={event => event.currentTarget.open && void desk.refresh()}
      data-cy="tomoclick-tasks"
    >
      <summary>Tasks: segment without clicks</summary>
      <div>
        <RunProgress desk={runs} kind="task" />
        {offered.map(task => (
          <div key={task.id} className="tomoclick-row" data-cy="tomoclick-task">
            <span>
              {task.title}
              <small>{qualityText(task.quality)}</small>
              <small>{task.intendedUse}</small>
              <OtherBaseHint task={task} />
            </span>
            <a href={cardAddress(task.id)} target="_blank" rel="noreferrer">
              Card
            </a>
            {task.isRunnable && (
              <button
                type="button"
                disabled={run !== null || !onRun}
                onClick={() => onRun?.(task)}
                title={`Finds ${task.classes.map(({ label }) => label).join(', ')} in this series`}
                data-cy="tomoclick-run-task"
              >
                Run
              </button>
            )}
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

function isOffered({ state, modalities }: TaskContract, modality: string | undefined): boolean {
  return state === 'promoted' && modality !== undefined && modalities.includes(modality);
}
