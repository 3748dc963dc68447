import type { AdaptationContract } from '@tomoclick/server/contract';

/** How far a job is, in a line. */
export function jobStateText(state: AdaptationContract['state']): string {
  switch (state.kind) {
    case 'queued':
      return state.attempts === 0
        ? 'Waiting for a worker'
        : `Waiting to go on, attempt ${state.attempts + 1}`;
    case 'running':
      return state.progress
        ? `${state.progress.phase}: step ${state.progress.step} of ${state.progress.steps}`
        : `Begun by ${state.worker}`;
    case 'cancelling':
      return 'Cancelling';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return `Failed: ${state.reason}`;
    case 'done':
      return 'Done: promote the task to use it';
  }
}
