import type { PromptContract } from '../contract/prompt.ts';
import type {
  SavedSegmentationContract,
  SegmentContract,
  SegmentUpdate,
  SegmentationContract,
} from '../contract/segmentation.ts';
import type { WarningContract } from '../contract/warning.ts';
import type { SegmentEdit } from '../application/editSegment.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import type { Prompt } from '../domain/prompt.ts';
import { canRedo, canUndo, currentMask, promptsInForce } from '../domain/segmentState.ts';
import type { MaskSummary, Segment, Segmentation } from '../domain/segmentation.ts';
import type { ValueWarning } from '../domain/valueMeaning.ts';

/** A segmentation in the words of the contract. */
export function segmentationView(segmentation: Segmentation<MaskSummary>): SegmentationContract {
  const { id, series, modelId, createdAt, openedFrom, version, segments, stored } = segmentation;
  return {
    ...{ id, ...series, model: modelId, createdAt, version },
    ...(openedFrom && {
      openedFrom: { ...openedFrom, warnings: openedFrom.warnings.map(warning => ({ ...warning })) },
    }),
    segments: segments.map(segmentView),
    stored: stored.map(
      ({ seriesInstanceUID, sopInstanceUID, version: storedVersion, measurementReport }) => ({
        ...{ seriesInstanceUID, sopInstanceUID, version: storedVersion },
        ...(measurementReport && { measurementReport: { ...measurementReport } }),
      }),
    ),
  };
}

/** @param isLearned false: it teaches something that could not be learned */
export function savedSegmentationView(
  segmentation: Segmentation,
  isLearned: boolean,
): SavedSegmentationContract {
  if (isLearned) return segmentationView(segmentation);
  const detail =
    'It is stored as it is shown. What its corrections teach could not be learned: answers stay as they were. ' +
    'An administrator finds the reason in the log of the server.';
  return { ...segmentationView(segmentation), warnings: [{ code: 'nothing-learned', detail }] };
}

function segmentView(segment: Segment<MaskSummary>): SegmentContract {
  const { segmentNumber, label, colour, trackingUID } = segment;
  const prompts = promptsInForce(segment);
  const mask = currentMask(segment);
  return {
    ...{ segmentNumber, label, colour: [...colour], trackingUID },
    voxelCount: mask?.voxelCount ?? 0,
    volumeMl: mask?.volumeMl ?? 0,
    prompts: prompts.map(({ promptId, prompt }) => ({
      promptId,
      prompt: promptView(prompt),
    })),
    predictedIou: prompts.at(-1)?.predictedIou ?? null,
    adaptation: adaptationView(prompts.at(-1)?.adaptation),
    canUndo: canUndo(segment),
    canRedo: canRedo(segment),
    lastPromptVersion: segment.lastPromptVersion ?? null,
  };
}

function adaptationView(applied: AppliedAdaptation | undefined): SegmentContract['adaptation'] {
  if (!applied) return null;
  const { adaptationId, label, caseCount } = applied;
  return { adaptationId, label, caseCount };
}

function promptView(prompt: Prompt): PromptContract {
  switch (prompt.kind) {
    case 'size':
      return { ...prompt };
    case 'point':
      return { ...prompt, pointLps: [...prompt.pointLps] };
    case 'scribble':
    case 'lasso':
      return { ...prompt, pointsLps: prompt.pointsLps.map(point => [...point]) };
    case 'box': {
      const { kind, cornersLps, normalLps } = prompt;
      const corners = cornersLps.map((corner): [number, number, number] => [...corner]);
      return { kind, cornersLps: corners, ...(normalLps && { normalLps: [...normalLps] }) };
    }
  }
}

export function segmentUpdateView(edit: SegmentEdit): SegmentUpdate {
  const { prompts, ...segment } = segmentView(edit.segment);
  return {
    segmentationId: edit.segmentation.id,
    version: edit.segmentation.version,
    segment: { ...segment, promptCount: prompts.length },
    changedSlices: [...edit.changedSlices],
    warnings: edit.warnings.map(warningView),
  };
}

export function warningView({ code, detail, keywords }: ValueWarning): WarningContract {
  return { code, detail, keywords: [...keywords] };
}

/** JSON for a header: ASCII only, since header values are not Unicode. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
