import { useState, type ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { hasUnsavedWork, isBusy, type PromptSession } from '../domain/promptSession.ts';
import type { StoredObject } from '../domain/storedObject.ts';

/** What the archive holds of this series, to be opened and corrected. */
export function StoredSegmentations(props: {
  readonly stored: readonly StoredObject[];
  readonly session: PromptSession;
  readonly runner: Pick<PromptSessionRunner, 'openStored'>;
  /** A run is to add to what is shown: it would take the place of what is opened meanwhile, and of what is done to it. */
  readonly isRunning: boolean;
}): ReactElement | null {
  const { stored, session, runner, isRunning } = props;
  const [questioned, setQuestioned] = useState<StoredObject | null>(null);
  if (stored.length === 0) return null;
  const open = (object: StoredObject): void => {
    setQuestioned(null);
    runner.openStored(object);
  };
  return (
    <details className="tomoclick-stored" data-cy="tomoclick-stored">
      <summary>Stored segmentations ({stored.length})</summary>
      {questioned && (
        <div className="tomoclick-question" role="alert">
          <p>What you have not saved is put away when another segmentation is opened.</p>
          <div className="tomoclick-actions">
            <button
              type="button"
              disabled={isRunning}
              onClick={() => open(questioned)}
              data-cy="tomoclick-open-anyway"
            >
              Open anyway
            </button>
            <button type="button" onClick={() => setQuestioned(null)}>
              Cancel
            </button>
          </div>
        </div>
      )}
      <ul>
        {stored.map(object => (
          <StoredRow
            key={object.sopInstanceUID}
            object={object}
            isOpen={object.sopInstanceUID === session.openedFrom}
            isWaiting={isBusy(session) || isRunning}
            onOpen={() => (hasUnsavedWork(session) ? setQuestioned(object) : open(object))}
          />
        ))}
      </ul>
    </details>
  );
}

function StoredRow(props: {
  readonly object: StoredObject;
  readonly isOpen: boolean;
  readonly isWaiting: boolean;
  readonly onOpen: () => void;
}): ReactElement {
  const { object, isOpen, isWaiting, onOpen } = props;
  const { description, labels, madeAt } = object;
  const names = labels.join(', ');
  return (
    <li>
      <span title={names}>
        {description}
        <small>{[names, madeAt].filter(text => text !== '').join(' · ')}</small>
      </span>
      <button
        type="button"
        disabled={isWaiting}
        onClick={onOpen}
        aria-label={`Open ${description} ${madeAt}`}
        title={isOpen ? 'Begin again from what is stored' : 'Open it to correct it; what is stored stays'}
        data-cy="tomoclick-open"
      >
        {isOpen ? 'Reopen' : 'Open'}
      </button>
    </li>
  );
}
