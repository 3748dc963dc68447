import type { ReactElement } from 'react';
import { CASE_ORIGINS, toChooseAtOnce, type CaseWish } from '../domain/caseWish.ts';
import type { LabelledCase } from '../domain/labelledCase.ts';

/** Looks for segmentations by words, and by how far the work on them has come; what is found can be chosen at once. */
export function CaseFinder(props: {
  readonly cases: readonly LabelledCase[];
  readonly chosen: readonly LabelledCase[];
  readonly wish: CaseWish;
  readonly onWish: (wish: CaseWish) => void;
  readonly onChoose: (labelledCase: LabelledCase) => void;
}): ReactElement {
  const { cases, chosen, wish, onWish, onChoose } = props;
  const found = toChooseAtOnce(cases, chosen, wish);
  return (
    <>
      <div className="tomoclick-find">
        <input
          className="tomoclick-text"
          type="search"
          aria-label="Find segmentations"
          placeholder="Patient, series or label"
          value={wish.typed}
          onChange={event => onWish({ ...wish, typed: event.target.value })}
          onKeyDown={event => event.stopPropagation()}
          data-cy="tomoclick-find-case"
        />
        <select
          className="tomoclick-text"
          aria-label="State"
          value={wish.origin ?? ''}
          onChange={event =>
            onWish({ ...wish, origin: CASE_ORIGINS.find(origin => origin === event.target.value) ?? null })
          }
          data-cy="tomoclick-case-state"
        >
          <option value="">any state</option>
          {CASE_ORIGINS.map(origin => (
            <option key={origin}>{origin}</option>
          ))}
        </select>
      </div>
      {found.length > 0 && (
        <button
          type="button"
          title="Choose all that are listed below"
          onClick={() => found.forEach(onChoose)}
          data-cy="tomoclick-choose-found"
        >
          Choose all {found.length} found
        </button>
      )}
    </>
  );
}
