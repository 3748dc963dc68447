import type { ExemplarSetContract } from '@tomoclick/server/contract';
import { useState, useSyncExternalStore, type ReactElement } from 'react';
import type { CaseDesk } from '../application/caseDesk.ts';
import type { ExemplarDesk } from '../application/exemplarDesk.ts';
import type { RunDesk } from '../application/runDesk.ts';
import { MOST_EXAMPLES } from '../domain/exampleLimit.ts';
import { CaseChoice } from './CaseChoice.tsx';
import { ExemplarSetRow } from './ExemplarSetRow.tsx';
import { FailureNote } from './FailureNote.tsx';
import { RunProgress } from './RunProgress.tsx';
import { TitleField } from './TitleField.tsx';
import { useWhileOpen } from './useWhileOpen.ts';

const REFRESH_MS = 5000;

/** Segments the series in view like others that were segmented before; nothing is trained. */
export function ExemplarPart(props: {
  readonly desk: ExemplarDesk;
  readonly cases: CaseDesk;
  readonly runs: RunDesk;
  readonly modality: string | undefined;
  /** Undefined while no series is shown. */
  readonly onRun: ((set: ExemplarSetContract) => void) | undefined;
}): ReactElement {
  const { desk, cases, runs, modality, onRun } = props;
  const [isOpen, setOpen] = useState(false);
  const state = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  const { run } = useSyncExternalStore(runs.subscribe, runs.getState, runs.getState);
  useWhileOpen(isOpen, () => Promise.all([desk.refresh(), cases.refresh()]), REFRESH_MS);
  const { sets, chosen, title, isBusy, failure } = state;
  return (
    <details
      className="tomoclick-part"
      onToggle={event => event.currentTarget === event.target && setOpen(event.currentTarget.open)}
      data-cy="tomoclick-exemplars"
    >
      <summary>Examples: segment this like those</summary>
      <div>
        <RunProgress desk={runs} kind="exemplar-set" />
        {sets?.map(({ set, patients }) => (
          <ExemplarSetRow
            key={set.id}
            {...{ set, patients }}
            modality={modality}
            isBusy={isBusy || run !== null}
            onRun={onRun && (() => onRun(set))}
            onDelete={() => void desk.remove(set.id)}
          />
        ))}
        <details className="tomoclick-part" open={sets?.length === 0} data-cy="tomoclick-new-set">
          <summary>New set of examples</summary>
          <div>
            <p className="tomoclick-hint">
              Choose up to {MOST_EXAMPLES} segmentations that show what is meant, of other patients best:
            </p>
            <CaseChoice desk={cases} chosen={chosen} onToggle={each => desk.toggle(each)} />
            <TitleField
              label="Name of the set"
              title={title}
              onChange={typed => desk.setTitle(typed)}
              name="set-title"
            />
            <div className="tomoclick-actions">
              <button
                type="button"
                disabled={isBusy || chosen.length === 0 || chosen.length > MOST_EXAMPLES}
                onClick={() => void desk.create()}
                title={
                  chosen.length > MOST_EXAMPLES
                    ? `${MOST_EXAMPLES} at most`
                    : 'Keep the set; it can then be run'
                }
                data-cy="tomoclick-make-set"
              >
                Make the set
              </button>
            </div>
          </div>
        </details>
        <FailureNote failure={failure} />
      </div>
    </details>
  );
}
