import { currentSave } from '../domain/segmentState.ts';
import type { Segmentation, StoredSegmentation } from '../domain/segmentation.ts';
import type { SegmentationWish } from '../domain/segmentationFormat.ts';
import { editSegmentation, requireSeen, requireVersion } from './editSegmentation.ts';
import { encodeSegmentation, uidsOfSave } from './encodeSegmentationObject.ts';
import { isStillStored } from './isStillStored.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

export interface SavedSegmentation {
  readonly segmentation: Segmentation;
  readonly stored: StoredSegmentation;
  /** False where it teaches something that could not be learned. */
  readonly isLearned: boolean;
  readonly timings: Timings;
}

/**
 * Writes the segmentation as one SEG and stores it in the archive. What is already stored, unchanged since, is not
 * stored again, unless it was deleted there.
 * @throws Problem segmentation-not-found, precondition-failed, empty-segmentation, segments-overlap, invalid-request,
 *   and those of the archive
 */
export async function storeSegmentation(
  request: {
    readonly id: string;
    readonly version: number | undefined;
    readonly wish?: SegmentationWish;
  },
  workspace: Workspace,
  signal: AbortSignal,
): Promise<SavedSegmentation> {
  let timings: Timings = {};
  let isNew = false;
  let isLearned = true;
  const { after } = await editSegmentation(request.id, workspace, async segmentation => {
    const earlier = currentSave(segmentation);
    if (earlier) {
      requireSeen(segmentation, request.version);
      if (await isStillStored(segmentation.series, earlier, workspace, signal)) return [];
    } else {
      requireVersion(segmentation, request.version);
    }
    const loaded = await workspace.loadVolume(segmentation.series, signal);
    const model = workspace.zoo.get(segmentation.modelId);
    const output = { ...workspace, wish: request.wish };
    const uids = await uidsOfSave(segmentation, model, output, earlier);
    const encoded = await timed('seg', () =>
      encodeSegmentation(segmentation, loaded.volume, model, output, uids),
    );
    const { part10, ...where } = encoded.result;
    const { studyInstanceUID } = segmentation.series;
    // A save that has reached the archive is finished even if the caller leaves: a retry then finds it stored. Where
    // the archive's answer is lost, the retry stores the same instance again, not a second one.
    const unhurried = new AbortController().signal;
    const stored = await timed('archive', () =>
      workspace.segmentationArchive.store(studyInstanceUID, part10, unhurried),
    );
    timings = addTimings(loaded.timings, encoded.timings, stored.timings);
    // What was stored before has taught already.
    isNew = !earlier;
    if (isNew) isLearned = await workspace.noteLessons(segmentation, loaded.volume);
    return [{ kind: 'stored', ...where }];
  });
  // Before the reply: who has seen the save acknowledged has taught it.
  if (isNew) {
    const lesson = await timed('learn', () => workspace.learnFromAccepted(after));
    isLearned &&= lesson.result;
    timings = addTimings(timings, lesson.timings);
  }
  const stored = after.stored.at(-1);
  if (!stored) throw new Error('a stored segmentation does not say where');
  return { segmentation: after, stored, isLearned, timings };
}
