import type { Capabilities } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import { modelInUse } from '../domain/modelInUse.ts';

/** Who computes the masks, under which licence, and what they may be used for. */
export function ModelNotice({ capabilities }: { readonly capabilities: Capabilities | null }): ReactElement {
  const model = modelInUse(capabilities);
  return (
    <footer className="tomoclick-notice" data-cy="tomoclick-notice">
      {model && (
        <p title={model.attribution.join('\n')}>
          Model {model.title} {model.version}, {model.licence.name}
        </p>
      )}
      <p className="tomoclick-research">
        {capabilities?.intendedUse ?? 'For research use. Not for diagnosis.'}
      </p>
    </footer>
  );
}
