import type { SegmentationRun } from '../application/segmentationRuns.ts';
import type { TaskRunContract } from '../contract/segmentationRun.ts';

/** A run, of a task or an exemplar set, in the words of the contract. */
export function taskRunView({ id, origin, warnings, state }: SegmentationRun): TaskRunContract {
  return {
    id,
    ...(origin.kind === 'task' ? { taskId: origin.taskId } : { exemplarSetId: origin.exemplarSetId }),
    warnings: warnings.map(warning => ({ ...warning })),
    state: { ...state },
  };
}
