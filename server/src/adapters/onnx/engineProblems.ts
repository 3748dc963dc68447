import { Problem } from '../../domain/errors.ts';

export function shuttingDown(): Problem {
  return new Problem('overloaded', 'The server is shutting down; try again shortly.');
}

export function cancelled(): Problem {
  return new Problem('cancelled', 'The prediction is no longer wanted.');
}

/** The cause is for the log; the caller learns only that it failed. */
export function inferenceFailed(cause: unknown): Problem {
  return new Problem(
    'inference-failed',
    'The model did not answer. Try once more; if it stays, see the log.',
    {},
    { cause },
  );
}
