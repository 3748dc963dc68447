import type { Adaptation } from '../../domain/adaptation.ts';
import { Problem } from '../../domain/errors.ts';
import type { Learning } from './learning.ts';

type Kept = Pick<Learning, 'adaptations' | 'tasks' | 'files'>;
type Naming = Kept & { readonly workspace: Pick<Learning['workspace'], 'mutex'> };

/** Of the mutex: what is named and what is removed come one after the other. */
const FILES = 'stored files';

/** What workers have sent of a job, as it stands. */
export function sentFiles({ state }: Adaptation): readonly string[] {
  return [
    ...('checkpointSha256' in state && state.checkpointSha256 !== undefined ? [state.checkpointSha256] : []),
    ...('files' in state ? Object.values(state.files) : []),
  ];
}

/**
 * Changes a job, and removes what workers have sent of it that is of no more use.
 * @throws Problem adaptation-not-found, and what `change` throws
 */
export async function changeJob(
  id: string,
  change: (job: Adaptation) => Adaptation,
  learning: Naming,
): Promise<Adaptation> {
  const sent: string[] = [];
  const job = await learning.adaptations.update(id, before => {
    sent.push(...sentFiles(before));
    return change(before);
  });
  await removeUnneeded(sent, learning);
  return job;
}

/**
 * Stores what a worker sends and lets the job name it; where the job does not take it, it is gone again.
 * @throws Problem payload-too-large, adaptation-not-found, overloaded, and what `name` throws
 */
export async function keepSentFile(
  id: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  name: (job: Adaptation, sha256: string) => Adaptation,
  learning: Naming,
): Promise<void> {
  const { adaptations, files, workspace } = learning;
  const sha256 = await files.put(content, maxBytes);
  const replaced: string[] = [];
  try {
    await workspace.mutex.run(FILES, async () => {
      // The end of another job that had sent the same file may just have removed it.
      if (!(await files.has(sha256))) throw new Problem('overloaded', 'Send the file once more.');
      await adaptations.update(id, job => {
        replaced.push(...sentFiles(job));
        return name(job, sha256);
      });
    });
  } catch (error) {
    await removeUnneeded([sha256], learning);
    throw error;
  }
  await removeUnneeded(replaced, learning);
}

/** Removes those of the files that neither a job that goes on nor a task needs. */
export async function removeUnneeded(sha256s: readonly string[], learning: Naming): Promise<void> {
  if (sha256s.length === 0) return;
  await learning.workspace.mutex.run(FILES, async () => {
    const needed = await neededFiles(learning);
    for (const sha256 of sha256s) if (!needed.has(sha256)) await learning.files.remove(sha256);
  });
}

/** Removes every file that neither a job that goes on nor a task needs. */
export async function releaseFiles(learning: Kept): Promise<void> {
  await learning.files.keepOnly(await neededFiles(learning));
}

async function neededFiles({ adaptations, tasks }: Kept): Promise<ReadonlySet<string>> {
  // In this order: a file goes over from a job to its task.
  const needed = new Set(await adaptations.filesInUse());
  for (const task of await tasks.list()) for (const sha256 of Object.values(task.files)) needed.add(sha256);
  return needed;
}
