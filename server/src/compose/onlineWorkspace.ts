import type { Logger } from 'pino';
import { learnFromAccepted } from '../application/online/learnFromAccepted.ts';
import {
  adaptationKeyOf,
  currentAdaptation,
  type OnlineLearning,
} from '../application/online/onlineLearning.ts';
import { addTimings, timed } from '../application/timings.ts';
import type { PredictionPorts } from '../application/predictSegment.ts';
import type { Workspace } from '../application/workspace.ts';

/** What the workspace learns online: everything where it is on, nothing where it is off. */
export function onlineWorkspace(
  online: OnlineLearning,
  { volumes, zoo }: PredictionPorts,
  isOn: boolean,
  log: Logger,
  stopping: AbortSignal,
): Pick<Workspace, 'adaptationFor' | 'learnFromAccepted'> {
  if (!isOn)
    return {
      adaptationFor: () => Promise.resolve({ adaptation: undefined, timings: {} }),
      learnFromAccepted: () => Promise.resolve(),
    };
  return {
    adaptationFor: async ({ series, modelId }, label, signal) => {
      const { volume, timings } = await volumes.load(series, signal);
      const key = adaptationKeyOf(online.scope, label, volume.modality, zoo.get(modelId));
      if (!key) return { adaptation: undefined, timings };
      const found = await timed('adapt', () => currentAdaptation(key, online));
      return { adaptation: found.result, timings: addTimings(timings, found.timings) };
    },
    learnFromAccepted: async segmentation => {
      try {
        await learnFromAccepted(segmentation, online, stopping);
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        log.warn({ error: name }, 'nothing was learned from what was stored');
      }
    },
  };
}
