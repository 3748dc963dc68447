import { Problem } from '../domain/errors.ts';
import { canRedo } from '../domain/segmentState.ts';
import { editSegment, type SegmentEdit, type SegmentEditRequest } from './editSegment.ts';
import { requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** @throws Problem segmentation-not-found, segment-not-found, precondition-failed, nothing-to-undo */
export function redoStep(
  request: SegmentEditRequest,
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<SegmentEdit> {
  return editSegment(request, workspace, (segment, segmentation) => {
    requireVersion(segmentation, request.version);
    if (!canRedo(segment)) throw new Problem('nothing-to-undo', 'Nothing on this segment was undone last.');
    return { operations: [{ kind: 'redone', segmentNumber: segment.segmentNumber }] };
  });
}
