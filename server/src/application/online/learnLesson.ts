import { logitsFromMask } from '../../domain/maskFromLogits.ts';
import { caseKeyOf, type Lesson } from '../../domain/online/lesson.ts';
import { learned, newAdaptation } from '../../domain/online/onlineAdaptation.ts';
import type { Opening } from '../../domain/online/openingFeatures.ts';
import { decodeRunLengths } from '../../domain/runLength.ts';
import type { Segmentation } from '../../domain/segmentation.ts';
import { findStructure } from '../findStructure.ts';
import { placePrompts, promptSetOf } from '../placedPrompt.ts';
import type { SegmentationScene } from '../segmentationScene.ts';
import { segmentOfLesson, type CorrectedSegment } from './lessonsOf.ts';
import type { OnlineLearning } from './onlineLearning.ts';
import { openingOf } from './openingOf.ts';

/** Tasks that are kept, those that learned last: some 300 KB each. */
const MOST_ADAPTATIONS = 64;

/**
 * Learns how the mask of a segment that was accepted differs from the frozen model's own answer to its first prompt.
 * The lesson is over with that; one that is over already, or was reset, changes nothing.
 * @param segmentation as it was stored
 * @throws Problem as predicting does; then it is not over
 */
export async function learnLesson(
  lesson: Lesson,
  segmentation: Segmentation,
  scene: SegmentationScene,
  learning: OnlineLearning,
  signal: AbortSignal,
): Promise<void> {
  const { key } = lesson;
  const { store, mutex, now, patientKeyOf } = learning;
  const corrected = segmentOfLesson(segmentation, lesson);
  const example = corrected && (await exampleOf(scene, corrected, learning, signal));
  if (!example) return store.drop(lesson);
  await mutex.run(JSON.stringify(key), async () => {
    const at = now();
    const { label } = corrected.segment;
    const before = (await store.find(key)) ?? newAdaptation(key, label, crypto.randomUUID(), at);
    const of = { key: caseKeyOf(lesson), patient: patientKeyOf(scene.volume.patientStudy) };
    const after = learned(before, of, example.opening, example.accepted, at);
    await store.learn(lesson, after, MOST_ADAPTATIONS);
  });
}

async function exampleOf(
  scene: SegmentationScene,
  { first, mask }: CorrectedSegment,
  { prediction }: OnlineLearning,
  signal: AbortSignal,
): Promise<{ readonly opening: Opening; readonly accepted: Uint8Array } | undefined> {
  const [placed] = placePrompts(scene, [first], false);
  if (placed?.kind !== 'clicks' || !placed.anchor.include) return undefined;
  const prompts = promptSetOf(scene.model, [placed]);
  const answer = await findStructure(scene, prediction.engine, prompts, placed.anchor, signal);
  const opening = openingOf(scene, answer, prompts);
  if (!opening) return undefined;
  const { region, logits } = answer;
  const accepted = logitsFromMask(decodeRunLengths(mask.runLength), region, scene.frame, logits.shapeIjk, 1);
  return { opening, accepted: Uint8Array.from(accepted.values, value => (value > 0 ? 1 : 0)) };
}
