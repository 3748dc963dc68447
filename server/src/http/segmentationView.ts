import type { SegmentContract, SegmentUpdate, SegmentationContract } from '../contract/segmentation.ts';
import type { SegmentEdit } from '../application/editSegment.ts';
import { canRedo, canUndo, currentMask, promptsInForce } from '../domain/segmentState.ts';
import type { Segment, Segmentation } from '../domain/segmentation.ts';

/** A segmentation in the words of the contract. */
export function segmentationView(segmentation: Segmentation): SegmentationContract {
  const { id, series, modelId, createdAt, version, segments, stored } = segmentation;
  return {
    ...{ id, ...series, model: modelId, createdAt, version },
    segments: segments.map(segmentView),
    stored: stored.map(each => ({ ...each })),
  };
}

function segmentView(segment: Segment): SegmentContract {
  const { segmentNumber, label, colour, trackingUID } = segment;
  const prompts = promptsInForce(segment);
  const mask = currentMask(segment);
  return {
    ...{ segmentNumber, label, colour: [...colour], trackingUID },
    voxelCount: mask?.voxelCount ?? 0,
    volumeMl: mask?.volumeMl ?? 0,
    prompts: prompts.map(({ promptId, prompt }) => ({
      promptId,
      prompt: { ...prompt, pointLps: [...prompt.pointLps] },
    })),
    predictedIou: prompts.at(-1)?.predictedIou ?? null,
    canUndo: canUndo(segment),
    canRedo: canRedo(segment),
  };
}

export function segmentUpdateView(edit: SegmentEdit): SegmentUpdate {
  const { prompts, ...segment } = segmentView(edit.segment);
  return {
    segmentationId: edit.segmentation.id,
    version: edit.segmentation.version,
    segment: { ...segment, promptCount: prompts.length },
    changedSlices: [...edit.changedSlices],
  };
}

/** JSON for a header: ASCII only, since header values are not Unicode. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
