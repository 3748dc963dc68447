import type { AdaptationDetail } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';

/** How far a job is: state, curves of loss and Dice, log. */
export function JobProgress(props: {
  readonly job: AdaptationDetail;
  readonly waiting: number;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}): ReactElement {
  const { job, waiting, isBusy, onCancel } = props;
  const { kind } = job.state;
  const isCancellable = kind === 'queued' || kind === 'running';
  const losses = job.curve.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  const dices = job.curve.flatMap(({ dice }) => (dice === undefined ? [] : [dice]));
  return (
    <div className="tomoclick-row" aria-live="polite" data-cy="tomoclick-job" data-state={kind}>
      <span>
        {job.title}
        <small>{stateText(job.state)}</small>
        {kind === 'queued' && waiting > 1 && <small>{waiting} jobs wait</small>}
        {job.curve.length > 1 && (
          <svg className="tomoclick-curve" viewBox="0 0 100 48" preserveAspectRatio="none" role="img">
            <title>Loss (orange) and Dice (blue) as reported</title>
            <polyline points={pointsOf(losses)} fill="none" stroke="rgb(230 159 0)" />
            <polyline points={pointsOf(dices)} fill="none" stroke="rgb(86 180 233)" />
          </svg>
        )}
        {job.log.length > 0 && (
          <pre className="tomoclick-log">
            {job.log
              .slice(-50)
              .map(({ line }) => line)
              .join('\n')}
          </pre>
        )}
      </span>
      {isCancellable && (
        <button type="button" disabled={isBusy} onClick={onCancel} data-cy="tomoclick-cancel-job">
          Cancel
        </button>
      )}
    </div>
  );
}

/** From left to right over the whole width, 0 at the bottom and the highest value, or 1, at the top. */
export function pointsOf(values: readonly number[]): string {
  const highest = Math.max(1, ...values);
  const across = Math.max(1, values.length - 1);
  return values.map((value, n) => `${(100 * n) / across},${47 - (46 * value) / highest}`).join(' ');
}

function stateText(state: AdaptationDetail['state']): string {
  switch (state.kind) {
    case 'queued':
      return state.attempts === 0
        ? 'Waiting for a worker'
        : `Waiting to go on, attempt ${state.attempts + 1}`;
    case 'running':
      return state.progress
        ? `${state.progress.phase}: step ${state.progress.step} of ${state.progress.steps}`
        : `Begun by ${state.worker}`;
    case 'cancelling':
      return 'Cancelling';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return `Failed: ${state.reason}`;
    case 'done':
      return 'Done: promote the task to use it';
  }
}
