import type { ReactElement } from 'react';
import type { Failure } from '../domain/failure.ts';

export function FailureNote({ failure }: { readonly failure: Failure | null }): ReactElement | null {
  if (!failure) return null;
  return (
    <div className="tomoclick-failure" role="alert">
      <strong>{failure.title}</strong>
      <p>{failure.detail}</p>
      {failure.requestId && <code>Request {failure.requestId}</code>}
    </div>
  );
}
