import { useState, useSyncExternalStore, type ReactElement } from 'react';
import type { CaseDesk } from '../application/caseDesk.ts';
import { ANY_CASE, isWished } from '../domain/caseWish.ts';
import { byPatient, seriesTexts, type LabelledCase } from '../domain/labelledCase.ts';
import { CaseFinder } from './CaseFinder.tsx';
import { countText } from './countText.ts';
import { FailureNote } from './FailureNote.tsx';
import { MoreNote } from './MoreNote.tsx';
import { volumeText } from './volumeText.ts';

/** As many are seen at a glance; more are looked for. */
const MOST_AT_A_GLANCE = 6;

/** Segmentations to choose from, by patient: who it is, what it was made on, and what is in it. */
export function CaseChoice(props: {
  readonly desk: CaseDesk;
  readonly chosen: readonly LabelledCase[];
  readonly onToggle: (labelledCase: LabelledCase) => void;
}): ReactElement {
  const { desk, chosen, onToggle } = props;
  const { cases, most, isAll, failure } = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  const [wish, setWish] = useState(ANY_CASE);
  const known = cases ?? [];
  const isChosen = (each: LabelledCase): boolean => chosen.some(({ key }) => key === each.key);
  // What is chosen stays in sight whatever is looked for, and once it is gone: it can still be given up.
  const gone = chosen.filter(each => !known.some(({ key }) => key === each.key));
  const offered = [...known.filter(each => isChosen(each) || isWished(each, wish)), ...gone];
  return (
    <div className="tomoclick-cases">
      {known.length > MOST_AT_A_GLANCE && (
        <CaseFinder cases={known} chosen={chosen} wish={wish} onWish={setWish} onChoose={onToggle} />
      )}
      {cases?.length === 0 && (
        <p className="tomoclick-hint">
          Nothing is segmented yet: segment the structure in some series first.
        </p>
      )}
      <div className="tomoclick-patients">
        {byPatient(offered).map(({ key, patient, cases: members }) => (
          <fieldset key={key} className="tomoclick-patient" data-cy="tomoclick-patient">
            <legend title={patient}>{patient}</legend>
            {members.map(each => (
              <CaseRow
                key={each.key}
                labelledCase={each}
                isChosen={isChosen(each)}
                onToggle={() => onToggle(each)}
              />
            ))}
          </fieldset>
        ))}
      </div>
      {!isAll && (
        <MoreNote
          text={`Of the ${most} segmentations edited last; older ones are not listed.`}
          onMore={() => desk.showMore()}
          name="cases"
        />
      )}
      <p className="tomoclick-hint" aria-live="polite" data-cy="tomoclick-chosen">
        {chosen.length === 0
          ? 'Nothing is chosen yet.'
          : `${chosen.length} chosen, of ${countText(byPatient(chosen).length, 'patient')}`}
      </p>
      <FailureNote failure={failure} />
    </div>
  );
}

function CaseRow(props: {
  readonly labelledCase: LabelledCase;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}): ReactElement {
  const { labelledCase, isChosen, onToggle } = props;
  const { labels, madeAt, origin } = labelledCase;
  return (
    <label className="tomoclick-case" data-cy="tomoclick-case">
      <input type="checkbox" checked={isChosen} onChange={onToggle} />
      <span>
        {labels.map(labelText).join(', ')}
        <WholeTexts texts={seriesTexts(labelledCase)} />
        <WholeTexts texts={madeAt === '' ? [origin] : [`made ${madeAt}`, origin]} />
      </span>
    </label>
  );
}

/** Lines break between the texts, not within them. */
function WholeTexts({ texts }: { readonly texts: readonly string[] }): ReactElement {
  return (
    <small>
      {texts.map((text, n) => (
        <span key={n}>{text}</span>
      ))}
    </small>
  );
}

function labelText({ label, volumeMl }: LabelledCase['labels'][number]): string {
  return volumeMl === null ? label : `${label} ${volumeText(volumeMl)}`;
}
