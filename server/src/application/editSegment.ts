import { changedSlices } from '../domain/changedSlices.ts';
import type { Mask } from '../domain/mask.ts';
import { decodeMask } from '../domain/runLength.ts';
import { maskAfter, segmentOf } from '../domain/segmentState.ts';
import type { MaskSnapshot, Operation, Segment, Segmentation } from '../domain/segmentation.ts';
import type { ValueWarning } from '../domain/valueMeaning.ts';
import { editSegmentation } from './editSegmentation.ts';
import { inTurns } from './inTurns.ts';
import { addTimings, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

/** Names one segment, and the version that the caller has seen (If-Match), if it matters. */
export interface SegmentEditRequest {
  readonly id: string;
  readonly segmentNumber: number;
  readonly version: number | undefined;
}

/** What a prompt, undo, redo or clear did to one segment. */
export interface SegmentEdit {
  readonly segmentation: Segmentation;
  readonly segment: Segment;
  /** The mask now; absent when empty. */
  readonly mask: Mask | undefined;
  /** Slice indices k where the mask differs from the one before, ascending. */
  readonly changedSlices: readonly number[];
  /** Of the values that prompts were answered from. */
  readonly warnings: readonly ValueWarning[];
  readonly timings: Timings;
}

export interface SegmentDecision {
  readonly operations: readonly Operation[];
  /** The mask after so many steps is what the caller last saw; absent: the mask before this edit. */
  readonly seenSteps?: number;
  readonly warnings?: readonly ValueWarning[];
  readonly timings?: Timings;
}

/** An edit of the steps of one segment. @throws Problem segmentation-not-found, segment-not-found, edit-conflict */
export async function editSegment(
  request: SegmentEditRequest,
  workspace: Pick<Workspace, 'store' | 'mutex'>,
  decide: (segment: Segment, segmentation: Segmentation) => SegmentDecision | Promise<SegmentDecision>,
): Promise<SegmentEdit> {
  let decision: SegmentDecision = { operations: [] };
  let decisionMs = 0;
  const asked = performance.now();
  const { before, after } = await editSegmentation(request.id, workspace, async segmentation => {
    const begun = performance.now();
    decision = await decide(segmentOf(segmentation, request.segmentNumber), segmentation);
    decisionMs = performance.now() - begun;
    return decision.operations;
  });
  const start = performance.now();
  const segmentBefore = segmentOf(before, request.segmentNumber);
  const segment = segmentOf(after, request.segmentNumber);
  const mask = await decodeSnapshot(maskAfter(segment, segment.cursor));
  const seen = await decodeSnapshot(maskAfter(segmentBefore, decision.seenSteps ?? segmentBefore.cursor));
  const slices = await inTurns(changedSlices(seen, mask));
  const timings = addTimings(decision.timings ?? {}, {
    mask: performance.now() - start,
    log: start - asked - decisionMs,
  });
  const { warnings = [] } = decision;
  return { segmentation: after, segment, mask, changedSlices: slices, warnings, timings };
}

/** In turns: a mask may be a whole body. */
async function decodeSnapshot(snapshot: MaskSnapshot | undefined): Promise<Mask | undefined> {
  return snapshot && inTurns(decodeMask(snapshot.runLength));
}
