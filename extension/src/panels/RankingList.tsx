import type { AnnotationRankingContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import type { DescribedRank } from '../application/rankingDesk.ts';
import { isOpen } from '../domain/annotationOrder.ts';
import { patientText, seriesTexts } from '../domain/labelledCase.ts';

/** A ranking: how far it is, and its series in the order in which they are to be annotated. */
export function RankingList(props: {
  readonly ranking: AnnotationRankingContract;
  readonly order: readonly DescribedRank[];
  readonly isBusy: boolean;
  readonly addressOf: (studyInstanceUID: string, seriesInstanceUID: string) => string;
  readonly onCancel: () => void;
  readonly onForget: () => void;
}): ReactElement {
  const { ranking, order, isBusy, addressOf, onCancel, onForget } = props;
  const { title, state, progress } = ranking;
  const goesOn = isOpen(ranking);
  return (
    <>
      <div className="tomoclick-row" aria-live="polite" data-cy="tomoclick-ranking" data-state={state.kind}>
        <span>
          {title}: {stateText(ranking)}
          {goesOn && <progress value={progress} aria-label="Progress" />}
          {state.kind === 'failed' && <small className="tomoclick-warning">{state.detail}</small>}
        </span>
        <button
          type="button"
          disabled={isBusy}
          onClick={goesOn ? onCancel : onForget}
          data-cy={goesOn ? 'tomoclick-cancel-ranking' : 'tomoclick-forget-ranking'}
        >
          {goesOn ? 'Cancel' : 'Forget'}
        </button>
      </div>
      <p className="tomoclick-hint">
        The number says how little the answers have in common: 0.00 all alike, 1.00 nothing. It compares
        series, and is no estimate of the error.
      </p>
      <ol className="tomoclick-ranks">
        {order.map(each => (
          <RankRow
            key={`${each.seriesInstanceUID} ${each.image?.sopInstanceUID ?? ''}`}
            ranked={each}
            address={addressOf(each.studyInstanceUID, each.seriesInstanceUID)}
          />
        ))}
      </ol>
    </>
  );
}

function RankRow({
  ranked,
  address,
}: {
  readonly ranked: DescribedRank;
  readonly address: string;
}): ReactElement {
  const { rank, score, outcome, reason } = ranked;
  return (
    <li className="tomoclick-row" data-cy="tomoclick-ranked" data-outcome={outcome}>
      <b className="tomoclick-rank">{rank ?? '–'}</b>
      <span>
        {patientText(ranked)}
        <small>{seriesTexts(ranked).join(' · ')}</small>
        {score !== null && (
          <small>
            <meter min={0} max={1} value={score} aria-label="How unsure" /> {score.toFixed(2)}
          </small>
        )}
        <small>{reason}</small>
      </span>
      <a className="tomoclick-open" href={address} data-cy="tomoclick-open-ranked">
        Open
      </a>
    </li>
  );
}

function stateText({ state, progress, series }: AnnotationRankingContract): string {
  switch (state.kind) {
    case 'queued':
      return 'waits for others';
    case 'running':
      return `${Math.round(100 * progress)} % of ${series.length} series`;
    case 'done':
      return `${series.length} series ranked`;
    case 'cancelled':
      return 'cancelled; what was compared is shown';
    case 'failed':
      return 'failed';
  }
}
