import type { AdaptationContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';

/** Gives a job up, where it has not ended. */
export function CancelButton(props: {
  readonly kind: AdaptationContract['state']['kind'];
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}): ReactElement | null {
  const { kind, isBusy, onCancel } = props;
  if (kind !== 'queued' && kind !== 'running') return null;
  return (
    <button type="button" disabled={isBusy} onClick={onCancel} data-cy="tomoclick-cancel-job">
      Cancel
    </button>
  );
}
