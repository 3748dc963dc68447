import { segmentOf } from '../domain/segmentState.ts';
import type { Segmentation } from '../domain/segmentation.ts';
import { editSegmentation, requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** @throws Problem segmentation-not-found, segment-not-found, precondition-failed */
export async function removeSegment(
  request: { readonly id: string; readonly segmentNumber: number; readonly version: number | undefined },
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<Segmentation> {
  const { after } = await editSegmentation(request.id, workspace, segmentation => {
    requireVersion(segmentation, request.version);
    const { segmentNumber } = segmentOf(segmentation, request.segmentNumber);
    return [{ kind: 'segment-removed', segmentNumber }];
  });
  return after;
}
