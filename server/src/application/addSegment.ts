import type { Segmentation } from '../domain/segmentation.ts';
import { segmentAdded, type NewSegment } from './createSegmentation.ts';
import { editSegmentation, requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** The new segment is the last of the list. @throws Problem segmentation-not-found, precondition-failed, wrong-state */
export async function addSegment(
  request: { readonly id: string; readonly version: number | undefined; readonly segment: NewSegment },
  workspace: Pick<Workspace, 'store' | 'mutex' | 'newUid'>,
): Promise<Segmentation> {
  const { after } = await editSegmentation(request.id, workspace, segmentation => {
    requireVersion(segmentation, request.version);
    return [segmentAdded(segmentation, request.segment, workspace.newUid)];
  });
  return after;
}
