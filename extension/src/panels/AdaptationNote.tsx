import type { ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { activeSegment, type PromptSession } from '../domain/promptSession.ts';

/** Whether accepted cases had their say in the segment, and whether they shall; nothing where the model answered alone. */
export function AdaptationNote(props: {
  readonly session: PromptSession;
  readonly runner: Pick<PromptSessionRunner, 'setAdaptive' | 'forgetAdaptation'>;
}): ReactElement | null {
  const { session, runner } = props;
  const { adaptation } = activeSegment(session);
  const { isAdaptive, forgottenAdaptationId } = session;
  if (!adaptation && isAdaptive) return null;
  const isForgotten = adaptation?.adaptationId === forgottenAdaptationId;
  return (
    <div className="tomoclick-adaptation" data-cy="tomoclick-adaptation">
      <p>
        {!adaptation && 'The model answers alone.'}
        {adaptation &&
          !isForgotten &&
          `Adapted to ${adaptation.caseCount} accepted ${adaptation.caseCount === 1 ? 'case' : 'cases'} of ${adaptation.label}.`}
        {adaptation && isForgotten && `The accepted cases of ${adaptation.label} are forgotten.`}
      </p>
      <div>
        <label title="Answers to clicks that come now">
          <input
            type="checkbox"
            checked={isAdaptive}
            onChange={event => runner.setAdaptive(event.target.checked)}
            data-cy="tomoclick-adaptive"
          />
          Adapt answers
        </label>
        {adaptation && !isForgotten && (
          <button
            type="button"
            title="Forget what the accepted cases have taught; this segment stays as it is"
            onClick={() => runner.forgetAdaptation(adaptation.adaptationId)}
            data-cy="tomoclick-forget"
          >
            Forget
          </button>
        )}
      </div>
    </div>
  );
}
