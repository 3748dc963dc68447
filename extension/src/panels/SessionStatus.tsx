import { useEffect, useState, type ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import type { Failure } from '../domain/failure.ts';
import type { Action, PromptSession } from '../domain/promptSession.ts';

const WAITING_FOR: Record<Action['kind'], string> = {
  prompt: 'Segmenting',
  undo: 'Undoing',
  redo: 'Redoing',
  clear: 'Clearing',
  remove: 'Removing the segment',
  change: 'Renaming',
  show: 'Showing what was found',
  open: 'Opening the segmentation',
  begin: 'Beginning a segmentation',
  check: 'Looking for changes by others',
  forget: 'Forgetting accepted cases',
  offer: 'Looking for clicks that were not sent',
  save: 'Saving to the PACS',
  restore: 'Looking for earlier work on this series',
};

/** Shorter waits are not worth a flicker. */
const SHOWN_AFTER_MS = 150;

/** What is being waited for and since when, what was not found, or what went wrong and what to do. */
export function SessionStatus(props: {
  readonly session: PromptSession;
  readonly runner: Pick<PromptSessionRunner, 'retry' | 'dismiss'>;
}): ReactElement {
  const { session, runner } = props;
  const { failure, missingSize, runningSinceMs, queue } = session;
  const [action] = queue;
  return (
    <div
      className="tomoclick-status"
      aria-live="polite"
      data-cy="tomoclick-status"
      data-state={failure ? 'failed' : action ? 'busy' : 'idle'}
    >
      {failure && <FailureCard failure={failure} waiting={queue.length - 1} runner={runner} />}
      {missingSize && (
        <p className="tomoclick-hint" data-cy="tomoclick-missing-size">
          No {missingSize} structure found here. The segment stays as it is.
        </p>
      )}
      {runningSinceMs !== null && action && (
        <Waiting
          key={runningSinceMs}
          text={WAITING_FOR[action.kind]}
          sinceMs={runningSinceMs}
          behind={queue.length - 1}
        />
      )}
    </div>
  );
}

function Waiting(props: {
  readonly text: string;
  readonly sinceMs: number;
  readonly behind: number;
}): ReactElement | null {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 100);
    return () => clearInterval(timer);
  }, []);
  const elapsedMs = Math.max(0, nowMs - props.sinceMs);
  if (elapsedMs < SHOWN_AFTER_MS) return null;
  return (
    <p className="tomoclick-waiting">
      <span className="tomoclick-spinner" aria-hidden />
      <span>
        {props.text} … <span aria-hidden>{(elapsedMs / 1000).toFixed(1)} s</span>
        {props.behind > 0 && <small>{props.behind} more waiting</small>}
      </span>
    </p>
  );
}

function FailureCard(props: {
  readonly failure: Failure;
  readonly waiting: number;
  readonly runner: Pick<PromptSessionRunner, 'retry' | 'dismiss'>;
}): ReactElement {
  const { failure, waiting, runner } = props;
  return (
    <div className="tomoclick-failure" role="alert" data-cy="tomoclick-failure">
      <strong>{failure.title}</strong>
      <p>{failure.detail}</p>
      {waiting > 0 && <p>{waiting === 1 ? '1 further step waits.' : `${waiting} further steps wait.`}</p>}
      {failure.requestId && <code>Request {failure.requestId}</code>}
      <div className="tomoclick-actions">
        {failure.retriable && (
          <button type="button" onClick={() => runner.retry()} data-cy="tomoclick-retry">
            Retry
          </button>
        )}
        <button type="button" onClick={() => runner.dismiss()} data-cy="tomoclick-dismiss">
          {failure.retriable ? 'Give up' : 'Dismiss'}
        </button>
      </div>
    </div>
  );
}
