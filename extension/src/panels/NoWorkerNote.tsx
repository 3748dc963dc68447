import type { AdaptationList } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';

/** Why jobs wait, and what to do: no worker asks for them, or none that fits. */
export function NoWorkerNote(props: { readonly outdated: AdaptationList['outdatedWorkers'] }): ReactElement {
  const reasons = props.outdated.map(
    ({ name, reason }) => `The training worker ${name} does not fit this server: jobs wait. ${reason}`,
  );
  return (
    <p className="tomoclick-warning" role="status" data-cy="tomoclick-no-worker">
      {reasons.join(' ')}
      {reasons.length === 0 && (
        <>
          No training worker is connected: jobs wait. Start <code>python -m sam3d.worker --url …</code>
        </>
      )}
    </p>
  );
}
