import type { AdaptationContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import { CancelButton } from './CancelButton.tsx';
import { jobStateText } from './jobStateText.ts';

/** Older ones have been seen, or are of no more use. */
const MOST_FAILED = 3;

/** Beside the job that is followed: those that go on or wait, and those that have failed last, with the reason. */
export function OtherJobs(props: {
  /** Newest first. */
  readonly jobs: readonly AdaptationContract[];
  readonly isBusy: boolean;
  readonly onCancel: (id: string) => void;
}): ReactElement {
  const { jobs, isBusy, onCancel } = props;
  const failed = jobs.filter(({ state }) => state.kind === 'failed').slice(0, MOST_FAILED);
  const told = jobs.filter(job => failed.includes(job) || goesOn(job));
  return (
    <>
      {told.map(({ id, title, state }) => (
        <div key={id} className="tomoclick-row" data-cy="tomoclick-other-job" data-state={state.kind}>
          <span>
            {title}
            <small>{jobStateText(state)}</small>
          </span>
          <CancelButton {...{ kind: state.kind, isBusy }} onCancel={() => onCancel(id)} />
        </div>
      ))}
    </>
  );
}

function goesOn({ state: { kind } }: AdaptationContract): boolean {
  return kind === 'queued' || kind === 'running' || kind === 'cancelling';
}
