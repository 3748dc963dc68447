import { requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** Forgets a segmentation; what was stored in the archive stays there. @throws Problem segmentation-not-found, precondition-failed */
export function deleteSegmentation(
  request: { readonly id: string; readonly version: number | undefined },
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<void> {
  return workspace.mutex.run(request.id, async () => {
    requireVersion(await workspace.store.load(request.id), request.version);
    await workspace.store.remove(request.id);
  });
}
