import type { ReactElement } from 'react';
import type { CaseDesk } from '../application/caseDesk.ts';
import type { LearnDesk, LearnDeskState } from '../application/learnDesk.ts';
import { CaseChoice } from './CaseChoice.tsx';
import { countText } from './countText.ts';
import { JobSettingsForm } from './JobSettingsForm.tsx';
import { TitleField } from './TitleField.tsx';

/** A split needs patients on both sides. */
const FEWEST_CASES = 2;

/** The segmentations to learn from, and what is to be known of them before a job begins. */
export function JobForm(props: {
  readonly state: LearnDeskState;
  readonly desk: LearnDesk;
  readonly cases: CaseDesk;
}): ReactElement {
  const { desk, cases } = props;
  const { chosen, title, settings, preview, isBusy } = props.state;
  return (
    <>
      <p className="tomoclick-hint">
        Choose segmentations of different patients; phases of one series are cases of one patient:
      </p>
      <CaseChoice desk={cases} chosen={chosen} onToggle={each => desk.toggle(each)} />
      <TitleField
        label="Name of the task"
        title={title}
        onChange={typed => desk.setTitle(typed)}
        name="task-title"
      />
      <JobSettingsForm settings={settings} chosen={chosen} onChange={change => desk.changeSettings(change)} />
      {preview && (
        <div data-cy="tomoclick-preview">
          <p className="tomoclick-hint">
            {countText(preview.cases.length, 'case')} of {countText(preview.patients, 'patient')} (
            {preview.modalities.join(', ')}), classes{' '}
            {preview.classes.map(({ label }) => label).join(', ') || 'none'}. Each patient is held back once:
            folds {preview.cases.map(({ fold }) => fold).join(', ')}.
          </p>
          {preview.warnings.map(({ detail }, n) => (
            <p key={n} className="tomoclick-warning">
              {detail}
            </p>
          ))}
        </div>
      )}
      <div className="tomoclick-actions">
        <button
          type="button"
          disabled={isBusy || chosen.length < FEWEST_CASES}
          onClick={() => void desk.preview()}
          data-cy="tomoclick-preview-job"
        >
          Preview
        </button>
        <button
          type="button"
          disabled={isBusy || !preview?.canStart}
          onClick={() => void desk.begin()}
          title="Look at the preview first"
          data-cy="tomoclick-start-job"
        >
          Start
        </button>
      </div>
    </>
  );
}
