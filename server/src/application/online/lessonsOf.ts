import { currentMask, promptsInForce, startingMask } from '../../domain/segmentState.ts';
import type { Lesson } from '../../domain/online/lesson.ts';
import type { AdaptationScope } from '../../domain/online/onlineAdaptation.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { Prompt } from '../../domain/prompt.ts';
import type { MaskSnapshot, Segment, Segmentation } from '../../domain/segmentation.ts';
import { adaptationKeyOf } from './onlineLearning.ts';

/** A segment that was opened by a prompt, corrected, and accepted as it is. */
export interface CorrectedSegment {
  readonly segment: Segment;
  readonly first: Prompt;
  readonly mask: MaskSnapshot;
}

/**
 * What a segmentation teaches that is stored as it is. Only segments that were corrected say something; what is
 * accepted as it was shown may merely have been waved through.
 * @param version that is stored
 */
export function lessonsOf(
  { id: segmentationId, segments }: Segmentation,
  version: number,
  modality: string,
  model: ModelManifest,
  scope: AdaptationScope,
): readonly Lesson[] {
  return segments.flatMap((segment): Lesson[] => {
    const { label, segmentNumber } = segment;
    const key = adaptationKeyOf(scope, label, modality, model);
    if (!key || !correctedSegment(segment)) return [];
    return [{ key, segmentationId, segmentNumber, version, tries: 0 }];
  });
}

/** The segment of a lesson; undefined where it was not corrected, or is not there. */
export function segmentOfLesson(
  { segments }: Segmentation,
  { segmentNumber }: Lesson,
): CorrectedSegment | undefined {
  const segment = segments.find(each => each.segmentNumber === segmentNumber);
  return segment && correctedSegment(segment);
}

function correctedSegment(segment: Segment): CorrectedSegment | undefined {
  const prompts = promptsInForce(segment);
  const mask = currentMask(segment);
  const [first] = prompts;
  if (!first || prompts.length < 2 || !mask || mask.voxelCount === 0 || startingMask(segment))
    return undefined;
  return { segment, first: first.prompt, mask };
}
