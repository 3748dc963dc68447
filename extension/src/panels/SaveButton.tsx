import type { ReactElement } from 'react';
import { hasUnsavedWork, type PromptSession } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';

export function SaveButton(props: {
  readonly session: PromptSession;
  readonly onSave: () => void;
}): ReactElement {
  const { session, onSave } = props;
  const isAsked = session.queue.some(action => action.kind === 'save');
  const isEmpty = session.segments.every(segment => segment.volumeMl === 0);
  const isSaved = session.savedVersion !== null && !hasUnsavedWork(session);
  const saving = session.failure ? 'Not saved yet' : 'Saving …';
  return (
    <button
      type="button"
      className="tomoclick-save"
      disabled={isEmpty || isAsked || isSaved}
      onClick={onSave}
      title="Writes a DICOM SEG of all segments into the archive (Ctrl+S)"
      data-cy="tomoclick-save"
    >
      <Icon name={isSaved ? 'tick' : 'save'} />
      {isAsked ? saving : isSaved ? 'Saved to PACS' : 'Save to PACS'}
    </button>
  );
}
