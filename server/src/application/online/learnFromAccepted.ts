import { logitsFromMask } from '../../domain/maskFromLogits.ts';
import { learned, newAdaptation } from '../../domain/online/onlineAdaptation.ts';
import type { Opening } from '../../domain/online/openingFeatures.ts';
import type { Prompt } from '../../domain/prompt.ts';
import { decodeRunLengths } from '../../domain/runLength.ts';
import { currentMask, promptsInForce, startingMask } from '../../domain/segmentState.ts';
import type { MaskSnapshot, Segment, Segmentation } from '../../domain/segmentation.ts';
import { findStructure } from '../findStructure.ts';
import { placePrompt, promptSetOf } from '../placedPrompt.ts';
import { openScene, type SegmentationScene } from '../segmentationScene.ts';
import { adaptationKeyOf, type OnlineLearning } from './onlineLearning.ts';
import { openingOf } from './openingOf.ts';

/** Tasks that are kept, those that learned last: some 300 KB each. */
const MOST_ADAPTATIONS = 64;

/** A segment that was opened by a prompt, corrected, and accepted as it is. */
interface CorrectedSegment {
  readonly segment: Segment;
  readonly first: Prompt;
  readonly mask: MaskSnapshot;
}

/**
 * Learns from the segments of a segmentation that a reader has stored: how the masks that were accepted differ from
 * the frozen model's own answers to their first prompts. Only those that were corrected say something; what was
 * accepted as it was shown may merely have been waved through.
 * @throws Problem as predicting does; what was learned until then is kept
 */
export async function learnFromAccepted(
  segmentation: Segmentation,
  learning: OnlineLearning,
  signal: AbortSignal,
): Promise<void> {
  const corrected = segmentation.segments.flatMap(segment => correctedSegment(segment) ?? []);
  if (corrected.length === 0) return;
  const { volumes, zoo, levels } = learning.prediction;
  const { volume } = await volumes.load(segmentation.series, signal);
  const scene = openScene(volume, zoo.get(segmentation.modelId), levels);
  for (const one of corrected) {
    const { label, segmentNumber } = one.segment;
    const key = adaptationKeyOf(learning.scope, label, volume.modality, scene.model);
    if (!key) continue;
    const example = await exampleOf(scene, one, learning, signal);
    if (!example) continue;
    await learning.mutex.run(JSON.stringify(key), async () => {
      const at = learning.now();
      const before = (await learning.store.find(key)) ?? newAdaptation(key, label, crypto.randomUUID(), at);
      const caseKey = `${segmentation.id}/${segmentNumber}`;
      const after = learned(before, caseKey, example.opening, example.accepted, at);
      await learning.store.save(after, MOST_ADAPTATIONS);
    });
  }
}

function correctedSegment(segment: Segment): CorrectedSegment | undefined {
  const prompts = promptsInForce(segment);
  const mask = currentMask(segment);
  const [first] = prompts;
  if (!first || prompts.length < 2 || !mask || mask.voxelCount === 0 || startingMask(segment))
    return undefined;
  return { segment, first: first.prompt, mask };
}

async function exampleOf(
  scene: SegmentationScene,
  { first, mask }: CorrectedSegment,
  { prediction }: OnlineLearning,
  signal: AbortSignal,
): Promise<{ readonly opening: Opening; readonly accepted: Uint8Array } | undefined> {
  const placed = placePrompt(scene, first);
  if (placed.kind !== 'clicks' || !placed.anchor.include) return undefined;
  const prompts = promptSetOf([placed]);
  const answer = await findStructure(scene, prediction.engine, prompts, placed.anchor, signal);
  const opening = openingOf(scene, answer, prompts);
  if (!opening) return undefined;
  const { region, logits } = answer;
  const accepted = logitsFromMask(decodeRunLengths(mask.runLength), region, scene.frame, logits.shapeIjk, 1);
  return { opening, accepted: Uint8Array.from(accepted.values, value => (value > 0 ? 1 : 0)) };
}
