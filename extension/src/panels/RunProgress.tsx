import { useSyncExternalStore, type ReactElement } from 'react';
import type { RunDesk, RunKind } from '../application/runDesk.ts';
import { FailureNote } from './FailureNote.tsx';

/** How far a run of this part of the panel is, what is to be known of it, and why it failed. */
export function RunProgress(props: { readonly desk: RunDesk; readonly kind: RunKind }): ReactElement | null {
  const { desk } = props;
  const { run, kind, warnings, failure } = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  if (kind !== props.kind) return null;
  return (
    <>
      {run && (
        <div className="tomoclick-row" aria-live="polite" data-cy="tomoclick-task-run">
          <span>
            {run.title} … {Math.round(100 * run.progress)} %
            <progress value={run.progress} aria-label="Progress" />
          </span>
          <button
            type="button"
            disabled={run.id === null}
            onClick={() => void desk.cancel()}
            data-cy="tomoclick-cancel-task"
          >
            Cancel
          </button>
        </div>
      )}
      {warnings.map(detail => (
        <p key={detail} className="tomoclick-warning" role="status" data-cy="tomoclick-run-warning">
          {detail}
        </p>
      ))}
      <FailureNote failure={failure} />
    </>
  );
}
