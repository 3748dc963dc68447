import { promptsInForce, startingMask } from '../domain/segmentState.ts';
import { editSegment, type SegmentEdit, type SegmentEditRequest } from './editSegment.ts';
import { requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** Empties a segment, as a step that can be undone. @throws Problem segmentation-not-found, segment-not-found, precondition-failed */
export function clearSegment(
  request: SegmentEditRequest,
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<SegmentEdit> {
  return editSegment(request, workspace, (segment, segmentation) => {
    requireVersion(segmentation, request.version);
    // Clearing what is clear is no step.
    if (promptsInForce(segment).length === 0 && !startingMask(segment)) return { operations: [] };
    const { segmentNumber } = segment;
    return { operations: [{ kind: 'step-added', segmentNumber, step: { kind: 'clear' } }] };
  });
}
