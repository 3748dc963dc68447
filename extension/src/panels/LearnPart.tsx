import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { LearnDesk } from '../application/learnDesk.ts';
import type { TaskDesk } from '../application/taskDesk.ts';
import { CaseChoice } from './CaseChoice.tsx';
import { FailureNote } from './FailureNote.tsx';
import { JobProgress } from './JobProgress.tsx';
import { LearnedTasks } from './LearnedTasks.tsx';

const REFRESH_MS = 2000;

/** Has a task learned from stored segmentations: choose, look at the split, start, follow, promote. */
export function LearnPart(props: {
  readonly desk: LearnDesk;
  readonly tasks: TaskDesk;
  readonly cardAddress: (taskId: string) => string;
}): ReactElement {
  const { desk, tasks, cardAddress } = props;
  const [isOpen, setOpen] = useState(false);
  const state = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  useEffect(() => {
    if (!isOpen) return undefined;
    const refresh = (): void => {
      void desk.refresh();
      void tasks.refresh();
    };
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [isOpen, desk, tasks]);
  const { jobs, detail, failure, isBusy } = state;
  return (
    <details
      className="tomoclick-part"
      onToggle={event => setOpen(event.currentTarget.open)}
      data-cy="tomoclick-learn"
    >
      <summary>Learn a task</summary>
      <div>
        {jobs?.workers.length === 0 && (
          <p className="tomoclick-warning" role="status" data-cy="tomoclick-no-worker">
            No training worker is connected: jobs wait. Start <code>python -m sam3d.worker --url …</code>
          </p>
        )}
        <CaseChoice state={state} desk={desk} />
        {detail && (
          <JobProgress
            job={detail}
            isBusy={isBusy}
            waiting={jobs?.adaptations.filter(({ state: job }) => job.kind === 'queued').length ?? 0}
            onCancel={() => void desk.cancel(detail.id)}
          />
        )}
        <LearnedTasks desk={tasks} cardAddress={cardAddress} />
        <FailureNote failure={failure} />
      </div>
    </details>
  );
}
