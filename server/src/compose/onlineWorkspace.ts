import type { Logger } from 'pino';
import { learnFromAccepted, noteLessons } from '../application/online/learnFromAccepted.ts';
import { learnMissed, type MissedLearning } from '../application/online/learnMissed.ts';
import {
  adaptationKeyOf,
  currentAdaptation,
  type OnlineLearning,
} from '../application/online/onlineLearning.ts';
import { addTimings, timed } from '../application/timings.ts';
import type { PredictionPorts } from '../application/predictSegment.ts';
import type { Workspace } from '../application/workspace.ts';

/** A PACS that starts, too. */
const RETRY_AFTER_MS = 30_000;

/** What the workspace learns online: everything where it is on, nothing where it is off. */
export function onlineWorkspace(
  online: OnlineLearning,
  { volumes, zoo }: PredictionPorts,
  isOn: boolean,
  log: Logger,
  stopping: AbortSignal,
): Pick<Workspace, 'adaptationFor' | 'noteLessons' | 'learnFromAccepted'> {
  const isDone = (work: () => Promise<void>): Promise<boolean> =>
    work().then(
      () => true,
      (error: unknown) => {
        tellNothingLearned(error, log);
        return false;
      },
    );
  if (!isOn)
    return {
      adaptationFor: () => Promise.resolve({ adaptation: undefined, timings: {} }),
      ...{ noteLessons: () => Promise.resolve(true), learnFromAccepted: () => Promise.resolve(true) },
    };
  return {
    adaptationFor: async ({ series, modelId }, label, signal) => {
      const { volume, timings } = await volumes.load(series, signal);
      const key = adaptationKeyOf(online.scope, label, volume.modality, zoo.get(modelId));
      if (!key) return { adaptation: undefined, timings };
      const found = await timed('adapt', () => currentAdaptation(key, online));
      return { adaptation: found.result, timings: addTimings(timings, found.timings) };
    },
    noteLessons: (segmentation, volume) => isDone(() => noteLessons(segmentation, volume, online)),
    learnFromAccepted: segmentation => isDone(() => learnFromAccepted(segmentation, online, stopping)),
  };
}

/**
 * What an earlier process had noted and not learned; nothing where learning is off.
 * @returns learns it, in the background
 */
export async function missedLearning(
  online: OnlineLearning,
  segmentations: MissedLearning['segmentations'],
  isOn: boolean,
  log: Logger,
): Promise<(signal: AbortSignal) => Promise<void>> {
  // Now, before a save of this process notes its own.
  const missed = isOn ? await online.store.lessons(online.scope) : [];
  const learning = { ...online, segmentations, retryAfterMs: RETRY_AFTER_MS };
  return signal => learnMissed(missed, learning, signal, error => tellNothingLearned(error, log));
}

function tellNothingLearned(error: unknown, log: Logger): void {
  const name = error instanceof Error ? error.name : 'unknown';
  log.warn({ error: name }, 'nothing was learned from what was stored');
}
