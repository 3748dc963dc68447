import { applyOperation } from '../domain/applyOperation.ts';
import { Problem } from '../domain/errors.ts';
import type { Operation, Segmentation } from '../domain/segmentation.ts';
import type { Workspace } from './workspace.ts';

export interface Edit {
  readonly before: Segmentation;
  readonly after: Segmentation;
}

/**
 * Lets `decide` see the segmentation and appends the operations it returns, while no other edit of the same
 * segmentation runs. When this resolves, the edit is durable.
 * @throws Problem segmentation-not-found, edit-conflict (another process wrote), cancelled, and those of `decide`
 */
export function editSegmentation(
  id: string,
  workspace: Pick<Workspace, 'store' | 'mutex'>,
  decide: (segmentation: Segmentation) => readonly Operation[] | Promise<readonly Operation[]>,
): Promise<Edit> {
  return workspace.mutex.run(id, async () => {
    const before = await workspace.store.load(id);
    const operations = await decide(before);
    if (operations.length > 0) await workspace.store.append(id, before.version, operations);
    return { before, after: operations.reduce(applyOperation, before) };
  });
}

/**
 * @param expected the version that the caller has seen (If-Match); absent when the caller does not mind
 * @throws Problem precondition-failed
 */
export function requireVersion(segmentation: Segmentation, expected: number | undefined): void {
  if (expected === undefined || expected === segmentation.version) return;
  throw new Problem('precondition-failed', 'Read the segmentation again and repeat what you did.', {
    ...{ expectedVersion: expected, version: segmentation.version },
  });
}

/**
 * Less strict than `requireVersion`: what was only stored since is what the caller has seen.
 * @throws Problem precondition-failed
 */
export function requireSeen(segmentation: Segmentation, expected: number | undefined): void {
  if (expected === undefined || expected > segmentation.version || expected < segmentation.contentVersion)
    requireVersion(segmentation, expected);
}
