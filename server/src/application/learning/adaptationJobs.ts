import type { Adaptation, TrainingReport } from '../../domain/adaptation.ts';
import { cancelled, expired, hasEnded } from '../../domain/adaptationState.ts';
import { changeJob, releaseFiles } from './jobFiles.ts';
import type { Learning } from './learning.ts';

type Jobs = Pick<Learning, 'adaptations' | 'tasks' | 'files' | 'nowMs'> & {
  readonly workspace: Pick<Learning['workspace'], 'mutex'>;
};

/** Puts jobs back into the queue whose workers were not heard of in time. Asked for before jobs are looked at. */
export async function expireLeases(learning: Jobs): Promise<void> {
  const nowMs = learning.nowMs();
  for (const id of await learning.adaptations.expiredAt(nowMs)) {
    const job = await changeJob(id, before => expired(before, nowMs), learning);
    if (hasEnded(job)) await releaseFiles(learning);
  }
}

export async function listAdaptations(
  page: { readonly limit: number; readonly offset: number },
  learning: Jobs,
): Promise<readonly Adaptation[]> {
  await expireLeases(learning);
  return learning.adaptations.list(page);
}

/** @throws Problem adaptation-not-found */
export async function readAdaptation(
  id: string,
  learning: Jobs,
): Promise<{ readonly job: Adaptation; readonly reports: readonly TrainingReport[] }> {
  await expireLeases(learning);
  return { job: await learning.adaptations.load(id), reports: await learning.adaptations.reports(id) };
}

/**
 * Nothing that was sent of the job stays. One whose task is registered has ended, and is not cancelled.
 * @throws Problem adaptation-not-found, wrong-state
 */
export async function cancelAdaptation(id: string, learning: Jobs): Promise<Adaptation> {
  await expireLeases(learning);
  const job = await changeJob(id, cancelled, learning);
  if (hasEnded(job)) await releaseFiles(learning);
  return job;
}
