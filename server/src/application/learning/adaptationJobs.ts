import type { Adaptation, TrainingReport } from '../../domain/adaptation.ts';
import { cancelled, expired, hasEnded } from '../../domain/adaptationState.ts';
import type { Learning } from './learning.ts';

type Jobs = Pick<Learning, 'adaptations' | 'tasks' | 'files' | 'nowMs'>;

/** Puts jobs back into the queue whose workers were not heard of in time. Asked for before jobs are looked at. */
export async function expireLeases(learning: Jobs): Promise<void> {
  const nowMs = learning.nowMs();
  for (const id of await learning.adaptations.expiredAt(nowMs)) {
    const job = await learning.adaptations.update(id, before => expired(before, nowMs));
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

/** @throws Problem adaptation-not-found, wrong-state */
export async function cancelAdaptation(id: string, learning: Jobs): Promise<Adaptation> {
  await expireLeases(learning);
  const job = await learning.adaptations.update(id, cancelled);
  if (hasEnded(job)) await releaseFiles(learning);
  return job;
}

/** Removes every file that neither a job that goes on nor a task needs. */
export async function releaseFiles({
  adaptations,
  tasks,
  files,
}: Pick<Learning, 'adaptations' | 'tasks' | 'files'>): Promise<void> {
  const kept = new Set(await adaptations.filesInUse());
  for (const task of await tasks.list()) for (const sha256 of Object.values(task.files)) kept.add(sha256);
  await files.keepOnly(kept);
}
