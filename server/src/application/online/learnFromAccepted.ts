import { MOST_LESSONS } from '../../domain/online/lesson.ts';
import { currentSave } from '../../domain/segmentState.ts';
import type { Segmentation } from '../../domain/segmentation.ts';
import type { Volume } from '../../domain/volume.ts';
import { requireVolumeOfMasks } from '../../domain/volumeFingerprint.ts';
import { openScene } from '../segmentationScene.ts';
import { learnLesson } from './learnLesson.ts';
import { lessonsOf } from './lessonsOf.ts';
import type { OnlineLearning } from './onlineLearning.ts';

/**
 * Writes down what a segmentation teaches, before it is stored as it is: where the server ends after that, it is
 * learned when it is back.
 */
export async function noteLessons(
  segmentation: Segmentation,
  volume: Volume,
  { store, scope, prediction }: OnlineLearning,
): Promise<void> {
  const model = prediction.zoo.get(segmentation.modelId);
  const lessons = lessonsOf(segmentation, segmentation.version, volume.modality, model, scope);
  if (lessons.length > 0) await store.note(lessons, MOST_LESSONS);
}

/**
 * Learns what was noted of a segmentation, now that it is stored.
 * @throws Problem as predicting does, and series-changed; what was learned until then is kept, and the rest stays noted
 */
export async function learnFromAccepted(
  segmentation: Segmentation,
  learning: OnlineLearning,
  signal: AbortSignal,
): Promise<void> {
  const save = currentSave(segmentation);
  if (!save) return;
  const { volumes, zoo, levels } = learning.prediction;
  const { volume } = await volumes.load(segmentation.series, signal);
  requireVolumeOfMasks(segmentation, volume);
  const scene = openScene(volume, zoo.get(segmentation.modelId), levels);
  for (const lesson of lessonsOf(segmentation, save.version, volume.modality, scene.model, learning.scope)) {
    await learnLesson(lesson, segmentation, scene, learning, signal);
  }
}
