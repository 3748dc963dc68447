import { applyOperation, foldOperations, type NewSegmentation } from '../domain/applyOperation.ts';
import { nextColour } from '../domain/segmentColour.ts';
import { nextSegmentNumber } from '../domain/segmentState.ts';
import type { ColourRgb, Operation, Segmentation } from '../domain/segmentation.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import type { NewUid } from '../domain/uid.ts';
import type { Workspace } from './workspace.ts';

export interface NewSegment {
  readonly label: string;
  readonly colour?: ColourRgb | undefined;
}

/** @throws Problem model-not-found */
export async function createSegmentation(
  request: {
    readonly series: SeriesReference;
    readonly modelId: string;
    readonly segments: readonly NewSegment[];
  },
  workspace: Pick<Workspace, 'store' | 'zoo' | 'newUid'>,
): Promise<Segmentation> {
  const created: NewSegmentation = {
    id: crypto.randomUUID(),
    series: request.series,
    modelId: workspace.zoo.get(request.modelId).id,
    createdAt: new Date().toISOString(),
  };
  const operations: Operation[] = [];
  let segmentation = foldOperations(created, operations);
  for (const segment of request.segments) {
    const operation = segmentAdded(segmentation, segment, workspace.newUid);
    operations.push(operation);
    segmentation = applyOperation(segmentation, operation);
  }
  await workspace.store.create(created, operations);
  return segmentation;
}

/** @throws Problem wrong-state */
export function segmentAdded(
  segmentation: Segmentation,
  { label, colour }: NewSegment,
  newUid: NewUid,
): Operation {
  return {
    kind: 'segment-added',
    segmentNumber: nextSegmentNumber(segmentation),
    label,
    colour: colour ?? nextColour(segmentation),
    trackingUID: newUid(),
  };
}
