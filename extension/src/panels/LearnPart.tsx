import { useState, useSyncExternalStore, type ReactElement } from 'react';
import type { CaseDesk } from '../application/caseDesk.ts';
import type { LearnDesk } from '../application/learnDesk.ts';
import type { TaskDesk } from '../application/taskDesk.ts';
import { FailureNote } from './FailureNote.tsx';
import { JobForm } from './JobForm.tsx';
import { JobProgress } from './JobProgress.tsx';
import { LearnedTasks } from './LearnedTasks.tsx';
import { NoWorkerNote } from './NoWorkerNote.tsx';
import { OtherJobs } from './OtherJobs.tsx';
import { useWhileOpen } from './useWhileOpen.ts';

const JOBS_MS = 2000;
const CASES_MS = 5000;

/** Has a task learned from stored segmentations: choose, look at the split, start, follow, promote. */
export function LearnPart(props: {
  readonly desk: LearnDesk;
  readonly cases: CaseDesk;
  readonly tasks: TaskDesk;
  readonly cardAddress: (taskId: string) => string;
}): ReactElement {
  const { desk, cases, tasks, cardAddress } = props;
  const [isOpen, setOpen] = useState(false);
  const state = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  useWhileOpen(isOpen, () => Promise.all([desk.refresh(), tasks.refresh()]), JOBS_MS);
  useWhileOpen(isOpen, () => cases.refresh(), CASES_MS);
  const { jobs, detail, failure, isBusy } = state;
  return (
    <details
      className="tomoclick-part"
      onToggle={event => event.currentTarget === event.target && setOpen(event.currentTarget.open)}
      data-cy="tomoclick-learn"
    >
      <summary>Learn a task</summary>
      <div>
        {jobs?.workers.length === 0 && <NoWorkerNote outdated={jobs.outdatedWorkers} />}
        <JobForm state={state} desk={desk} cases={cases} />
        {detail && (
          <JobProgress
            job={detail}
            isBusy={isBusy}
            waiting={jobs?.adaptations.filter(({ state: job }) => job.kind === 'queued').length ?? 0}
            onCancel={() => void desk.cancel(detail.id)}
          />
        )}
        <OtherJobs
          jobs={jobs?.adaptations.filter(({ id }) => id !== detail?.id) ?? []}
          isBusy={isBusy}
          onCancel={id => void desk.cancel(id)}
        />
        <LearnedTasks desk={tasks} cardAddress={cardAddress} />
        <FailureNote failure={failure} />
      </div>
    </details>
  );
}
