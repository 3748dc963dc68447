import type { TaskContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';

/** Why a task cannot be run, where the model zoo has been replaced since it was learned. */
export function OtherBaseHint({ task }: { readonly task: TaskContract }): ReactElement | null {
  if (task.isRunnable) return null;
  const { model, version } = task.base;
  return (
    <small className="tomoclick-warning">
      Cannot be run: it was made for another version of its base, {model} {version}. Have it learned anew.
    </small>
  );
}
