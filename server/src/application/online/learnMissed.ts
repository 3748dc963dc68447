import { setTimeout as delay } from 'node:timers/promises';
import { Problem, type ProblemCode } from '../../domain/errors.ts';
import { MOST_TRIES, type Lesson } from '../../domain/online/lesson.ts';
import { requireVolumeOfMasks } from '../../domain/volumeFingerprint.ts';
import type { WorkspaceStore } from '../../ports/workspaceStore.ts';
import { openScene } from '../segmentationScene.ts';
import { throwIfCancelled } from '../singleFlight.ts';
import { learnLesson } from './learnLesson.ts';
import type { OnlineLearning } from './onlineLearning.ts';

export interface MissedLearning extends OnlineLearning {
  readonly segmentations: Pick<WorkspaceStore, 'load'>;
  /** Between two tries of what may work the next time. */
  readonly retryAfterMs: number;
}

/** What may be otherwise in a while. */
const TRANSIENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['archive-unreachable', 'archive-timeout', 'overloaded'] as const),
]);

/**
 * Learns what an earlier process had noted and not learned when it ended, one after the other.
 * @param missed as they were noted when this process began
 * @param onFailed told why a lesson teaches nothing
 * @throws Problem cancelled; what is left stays noted
 */
export async function learnMissed(
  missed: readonly Lesson[],
  learning: MissedLearning,
  signal: AbortSignal,
  onFailed: (reason: unknown) => void,
): Promise<void> {
  for (const lesson of missed) {
    while (!(await isOver(lesson, learning, signal, onFailed))) {
      await delay(learning.retryAfterMs, undefined, { signal });
    }
  }
}

/** False where it is to be tried again. */
async function isOver(
  lesson: Lesson,
  learning: MissedLearning,
  signal: AbortSignal,
  onFailed: (reason: unknown) => void,
): Promise<boolean> {
  const { store } = learning;
  throwIfCancelled(signal);
  try {
    // Written down before: a lesson that ends the process is not begun for ever.
    const tries = lesson.tries + 1;
    if (tries > MOST_TRIES) await store.drop(lesson);
    else if (await store.noteTries(lesson, tries)) await learn(lesson, learning, signal);
    return true;
  } catch (error) {
    // Whoever ended it was not the lesson.
    await store.noteTries(lesson, lesson.tries);
    throwIfCancelled(signal);
    if (error instanceof Problem && TRANSIENT.has(error.code)) return false;
    onFailed(error);
    await store.drop(lesson);
    return true;
  }
}

async function learn(lesson: Lesson, learning: MissedLearning, signal: AbortSignal): Promise<void> {
  const { segmentations, store, prediction } = learning;
  const { segmentationId, version } = lesson;
  const { stored } = await segmentations.load(segmentationId);
  // It was noted before it was stored, and may never have been.
  if (!stored.some(save => save.version === version)) return store.drop(lesson);
  const segmentation = await segmentations.load(segmentationId, version);
  const { volume } = await prediction.volumes.load(segmentation.series, signal);
  requireVolumeOfMasks(segmentation, volume);
  const model = prediction.zoo.get(segmentation.modelId);
  // What it taught a model that has been replaced would be asked by nobody.
  if (model.version !== lesson.key.modelVersion) return store.drop(lesson);
  await learnLesson(lesson, segmentation, openScene(volume, model, prediction.levels), learning, signal);
}
