import type { ExemplarSetContract } from '@tomoclick/server/contract';
import { useState, type ReactElement } from 'react';
import { countText } from './countText.ts';
import { Icon } from './Icon.tsx';

/** A set of examples, to be run on the series in view, or deleted. */
export function ExemplarSetRow(props: {
  readonly set: ExemplarSetContract;
  /** Of its cases, in their order. */
  readonly patients: readonly string[];
  readonly modality: string | undefined;
  readonly isBusy: boolean;
  /** Undefined while no series is shown. */
  readonly onRun: (() => void) | undefined;
  readonly onDelete: () => void;
}): ReactElement {
  const { set, patients, modality, isBusy, onRun, onDelete } = props;
  const [isQuestioned, setQuestioned] = useState(false);
  const fits = modality !== undefined && set.modalities.includes(modality);
  const patientCount = new Set(set.cases.map(({ patientKey }) => patientKey)).size;
  const finds = set.classes.map(({ label }) => label).join(', ');
  return (
    <div className="tomoclick-row" data-cy="tomoclick-set">
      <span>
        {set.title}
        <small>
          {finds}; {set.modalities.join(', ')}
        </small>
        {set.warnings.map(({ detail }, n) => (
          <small key={n} className="tomoclick-warning">
            {detail}
          </small>
        ))}
      </span>
      <button
        type="button"
        className="tomoclick-quiet"
        disabled={isBusy}
        onClick={() => setQuestioned(!isQuestioned)}
        aria-label={`Delete ${set.title}`}
        title="Delete the set"
        data-cy="tomoclick-delete-set"
      >
        <Icon name="bin" />
      </button>
      <button
        type="button"
        disabled={isBusy || !onRun || !fits}
        onClick={onRun}
        title={fits ? `Finds ${finds} in this series` : `The examples are ${set.modalities.join(', ')}`}
        data-cy="tomoclick-run-set"
      >
        Run
      </button>
      <details className="tomoclick-members" data-cy="tomoclick-set-members">
        <summary>
          {countText(set.cases.length, 'example')} of {countText(patientCount, 'patient')}
        </summary>
        <ul>
          {set.cases.map(({ index, labels }) => (
            <li key={index}>
              {index + 1}. {patients[index]}: {labels.join(', ')}
            </li>
          ))}
        </ul>
      </details>
      {isQuestioned && (
        <div className="tomoclick-question" role="alert">
          <p>The set is forgotten; its segmentations and what it has found stay.</p>
          <div className="tomoclick-actions">
            <button type="button" disabled={isBusy} onClick={onDelete} data-cy="tomoclick-delete-anyway">
              Delete
            </button>
            <button type="button" onClick={() => setQuestioned(false)}>
              Keep
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
