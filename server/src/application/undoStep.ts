import { Problem } from '../domain/errors.ts';
import { canUndo } from '../domain/segmentState.ts';
import { editSegment, type SegmentEdit, type SegmentEditRequest } from './editSegment.ts';
import { requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** @throws Problem segmentation-not-found, segment-not-found, precondition-failed, nothing-to-undo */
export function undoStep(
  request: SegmentEditRequest,
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<SegmentEdit> {
  return editSegment(request, workspace, (segment, segmentation) => {
    requireVersion(segmentation, request.version);
    if (!canUndo(segment)) throw new Problem('nothing-to-undo', 'Nothing was done on this segment yet.');
    return { operations: [{ kind: 'undone', segmentNumber: segment.segmentNumber }] };
  });
}
