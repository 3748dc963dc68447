import { Problem } from '../domain/errors.ts';
import type { AppliedAdaptation } from '../domain/online/onlineAdaptation.ts';
import { samePrompt, type Prompt } from '../domain/prompt.ts';
import { promptsInForce, startingMask } from '../domain/segmentState.ts';
import type { MaskSnapshot, Operation, Segment, SegmentStep, Segmentation } from '../domain/segmentation.ts';
import type { ValueWarning } from '../domain/valueMeaning.ts';
import type { Volume } from '../domain/volume.ts';
import { requireSameVolume, requireVolumeOfMasks } from '../domain/volumeFingerprint.ts';
import { requireVersion } from './editSegmentation.ts';
import { editSegment, type SegmentEdit, type SegmentEditRequest } from './editSegment.ts';
import { inTurns } from './inTurns.ts';
import { snapshotOf } from './snapshotOf.ts';
import { addTimings } from './timings.ts';
import type { FoundAdaptation, Prediction, Workspace } from './workspace.ts';

const NO_ADAPTATION: FoundAdaptation = { adaptation: undefined, timings: {} };

export interface IdentifiedPrompt {
  readonly promptId: string;
  readonly prompt: Prompt;
}

/**
 * Applies prompts in the order given, all or none, and keeps the mask after each, so that each can be undone.
 * Prompts whose ids the segment has already taken are not applied again: the answer to a retry shows what they
 * did, and does not depend on the version asked for. What a segment's first answer was fused with is kept with the
 * step: the prompts after it are answered on top of the same, whatever is learned meanwhile.
 * @throws Problem segmentation-not-found, segment-not-found, precondition-failed, series-changed, invalid-request (an
 *   id was used for another prompt), cancelled, and those of the prediction
 */
export function addPrompts(
  request: SegmentEditRequest & {
    readonly prompts: readonly IdentifiedPrompt[];
    /** The frozen model answers alone. */
    readonly isFrozen?: boolean;
  },
  workspace: Pick<Workspace, 'store' | 'mutex' | 'predict' | 'adaptationFor'>,
  signal: AbortSignal,
): Promise<SegmentEdit> {
  return editSegment(request, workspace, async (segment, segmentation) => {
    const fresh = freshPrompts(segment, request.prompts);
    const seenSteps = stepsBeforeRetried(segment, request.prompts);
    if (fresh.length > 0) requireVersion(segmentation, request.version);
    const prompts = promptsInForce(segment).map(step => step.prompt);
    const start = startingMask(segment);
    const opened = start && {
      key: `${segmentation.id}/${segment.segmentNumber}`,
      runLength: start.runLength,
    };
    const found =
      request.isFrozen || fresh.length === 0
        ? NO_ADAPTATION
        : await adaptationOf(segment, segmentation, workspace, signal);
    const { adaptation } = found;
    const operations: Operation[] = [];
    let { timings } = found;
    let warnings: readonly ValueWarning[] = [];
    let volume: Volume | undefined;
    for (const { promptId, prompt } of fresh) {
      if (signal.aborted)
        throw new Problem('cancelled', 'The caller went away before the prompt was applied.');
      prompts.push(prompt);
      const { series, modelId } = segmentation;
      const input = { series, modelId, prompts: [...prompts], opened, adaptation };
      const prediction = await workspace.predict(input, signal);
      requireVolumeOfMasks(segmentation, prediction.volume);
      requireSameVolume(volume, prediction.volume);
      ({ volume } = prediction);
      timings = addTimings(timings, prediction.timings);
      ({ warnings } = volume.valueMeaning);
      const mask = await inTurns(snapshotOf(prediction.mask, volume), signal);
      const step = promptStep(promptId, prompt, mask, prediction, adaptation);
      operations.push({ kind: 'step-added', segmentNumber: segment.segmentNumber, step });
    }
    return { operations, seenSteps, warnings, timings };
  });
}

/** That of the steps in force; for a first prompt what is known as it comes. */
async function adaptationOf(
  segment: Segment,
  segmentation: Segmentation,
  workspace: Pick<Workspace, 'adaptationFor'>,
  signal: AbortSignal,
): Promise<FoundAdaptation> {
  const steps = promptsInForce(segment);
  const kept = steps.find(({ adaptation }) => adaptation)?.adaptation;
  if (steps.length > 0) return { adaptation: kept, timings: {} };
  return startingMask(segment) ? NO_ADAPTATION : workspace.adaptationFor(segmentation, segment.label, signal);
}

function promptStep(
  promptId: string,
  prompt: Prompt,
  mask: MaskSnapshot,
  { predictedIou, isAdapted }: Prediction,
  adaptation: AppliedAdaptation | undefined,
): SegmentStep {
  return {
    ...{ kind: 'prompt', promptId, prompt, predictedIou, mask },
    ...(isAdapted && adaptation && { adaptation }),
  };
}

function freshPrompts(segment: Segment, prompts: readonly IdentifiedPrompt[]): readonly IdentifiedPrompt[] {
  const known = new Map<string, Prompt | undefined>(segment.promptIds.map(id => [id, undefined]));
  for (const step of segment.steps) if (step.kind === 'prompt') known.set(step.promptId, step.prompt);
  return prompts.filter(({ promptId, prompt }, index) => {
    if (!known.has(promptId)) {
      known.set(promptId, prompt);
      return true;
    }
    const earlier = known.get(promptId);
    if (earlier && !samePrompt(earlier, prompt)) {
      const errors = [{ pointer: `/prompts/${index}/promptId`, detail: 'was used for another prompt' }];
      throw new Problem('invalid-request', 'Give every prompt an id of its own.', { errors });
    }
    return false;
  });
}

/** How many steps came before the first of these prompts that is in force: what a caller who retries has seen. */
function stepsBeforeRetried(segment: Segment, prompts: readonly IdentifiedPrompt[]): number {
  const ids = new Set(prompts.map(prompt => prompt.promptId));
  const done = segment.steps.slice(0, segment.cursor);
  const index = done.findIndex(step => step.kind === 'prompt' && ids.has(step.promptId));
  return index < 0 ? segment.cursor : index;
}
