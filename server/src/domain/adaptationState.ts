import type { Adaptation, AdaptationState, Lease, TrainingProgress } from './adaptation.ts';
import { Problem } from './errors.ts';
import type { PackageFileName } from './taskPackage.ts';

/** A worker that says nothing for so long is taken for dead. */
export const LEASE_SECONDS = 60;
/** A job that killed so many workers without getting any further will kill the next. */
export const MOST_ATTEMPTS = 3;

type Running = Extract<AdaptationState, { kind: 'running' }>;
type Leased = Extract<AdaptationState, { lease: Lease }>;

/** Gives a waiting job to a worker. @throws Problem wrong-state */
export function claimed(job: Adaptation, lease: Lease): Adaptation {
  const { state } = job;
  if (state.kind !== 'queued') throw wrongState('Only a waiting job can be claimed.', state);
  return { ...job, state: { ...state, kind: 'running', lease, attempts: state.attempts + 1, files: {} } };
}

/** The worker lives. A job that is to be cancelled stays so. @throws Problem lease-lost */
export function renewed(
  job: Adaptation,
  leaseId: string,
  nowMs: number,
  progress?: TrainingProgress,
): Adaptation {
  const state = leasedState(job, leaseId);
  const lease = { ...state.lease, expiresMs: nowMs + LEASE_SECONDS * 1000 };
  if (state.kind === 'cancelling') return { ...job, state: { ...state, lease } };
  return { ...job, state: { ...state, lease, ...(progress && { progress }) } };
}

/**
 * A job that has got further is not what ended the workers before: they, or the server, were stopped, or a clock has
 * jumped. The attempt that goes on is the first from there.
 * @throws Problem lease-lost
 */
export function withCheckpoint(job: Adaptation, leaseId: string, checkpointSha256: string): Adaptation {
  const state = runningState(job, leaseId);
  if (state.checkpointSha256 === checkpointSha256) return job;
  return { ...job, state: { ...state, checkpointSha256, attempts: 1 } };
}

/** @throws Problem lease-lost */
export function withPackageFile(
  job: Adaptation,
  leaseId: string,
  name: PackageFileName,
  sha256: string,
): Adaptation {
  const state = runningState(job, leaseId);
  return { ...job, state: { ...state, files: { ...state.files, [name]: sha256 } } };
}

/** @throws Problem lease-lost */
export function completed(job: Adaptation, leaseId: string, taskId: string): Adaptation {
  runningState(job, leaseId);
  return { ...job, state: { kind: 'done', taskId, leaseId } };
}

/** The worker gives up; where it was told to, that is no failure. @throws Problem lease-lost */
export function failed(job: Adaptation, leaseId: string, reason: string): Adaptation {
  const { kind } = leasedState(job, leaseId);
  return { ...job, state: kind === 'cancelling' ? { kind: 'cancelled' } : { kind: 'failed', reason } };
}

/** Nobody is to work on it any more. @throws Problem wrong-state when it has ended */
export function cancelled(job: Adaptation): Adaptation {
  const { state } = job;
  switch (state.kind) {
    case 'queued':
      return { ...job, state: { kind: 'cancelled' } };
    case 'running':
      return { ...job, state: { kind: 'cancelling', lease: state.lease } };
    case 'cancelling':
      return job;
    default:
      throw wrongState('The job has ended already.', state);
  }
}

/** What a job becomes whose worker was not heard of in time; the job itself while the lease holds. */
export function expired(job: Adaptation, nowMs: number): Adaptation {
  const { state } = job;
  if (!('lease' in state) || state.lease.expiresMs > nowMs) return job;
  if (state.kind === 'cancelling') return { ...job, state: { kind: 'cancelled' } };
  const { attempts, checkpointSha256 } = state;
  if (attempts >= MOST_ATTEMPTS) {
    const reason = `The worker stopped without a word, ${attempts} times. See its log.`;
    return { ...job, state: { kind: 'failed', reason } };
  }
  return {
    ...job,
    state: { kind: 'queued', attempts, ...(checkpointSha256 !== undefined && { checkpointSha256 }) },
  };
}

export function hasEnded({ state }: Adaptation): boolean {
  return state.kind === 'cancelled' || state.kind === 'failed' || state.kind === 'done';
}

/** @throws Problem lease-lost */
export function leasedState({ state }: Adaptation, leaseId: string): Leased {
  if ('lease' in state && state.lease.leaseId === leaseId) return state;
  throw new Problem('lease-lost', 'Stop working on this job: it was given to another, or has ended.', {
    state: state.kind,
  });
}

/** @throws Problem lease-lost, also when the job is to be cancelled */
export function runningState(job: Adaptation, leaseId: string): Running {
  const state = leasedState(job, leaseId);
  if (state.kind === 'running') return state;
  throw new Problem('lease-lost', 'Stop working on this job: it is to be cancelled.', { state: state.kind });
}

function wrongState(detail: string, { kind }: AdaptationState): Problem {
  return new Problem('wrong-state', detail, { state: kind });
}
