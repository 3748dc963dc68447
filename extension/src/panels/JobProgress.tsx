import type { AdaptationDetail } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import { CancelButton } from './CancelButton.tsx';
import { jobStateText } from './jobStateText.ts';

/** How far a job is: state, curves of loss and Dice, log. */
export function JobProgress(props: {
  readonly job: AdaptationDetail;
  readonly waiting: number;
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}): ReactElement {
  const { job, waiting, isBusy, onCancel } = props;
  const { kind } = job.state;
  const losses = job.curve.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  const dices = job.curve.flatMap(({ dice }) => (dice === undefined ? [] : [dice]));
  return (
    <div className="tomoclick-row" aria-live="polite" data-cy="tomoclick-job" data-state={kind}>
      <span>
        {job.title}
        <small>{jobStateText(job.state)}</small>
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
      <CancelButton {...{ kind, isBusy, onCancel }} />
    </div>
  );
}

/** From left to right over the whole width, 0 at the bottom and the highest value, or 1, at the top. */
export function pointsOf(values: readonly number[]): string {
  const highest = Math.max(1, ...values);
  const across = Math.max(1, values.length - 1);
  return values.map((value, n) => `${(100 * n) / across},${47 - (46 * value) / highest}`).join(' ');
}
