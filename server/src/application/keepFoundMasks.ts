import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyOperation, foldOperations, type NewSegmentation } from '../domain/applyOperation.ts';
import { Problem } from '../domain/errors.ts';
import { hasVoxels, type Mask } from '../domain/mask.ts';
import { nextColour } from '../domain/segmentColour.ts';
import { nextSegmentNumber } from '../domain/segmentState.ts';
import type { ColourRgb, Operation, Segmentation } from '../domain/segmentation.ts';
import { seriesKey, type SeriesReference } from '../domain/seriesReference.ts';
import { codesOfClass, type TaskClass } from '../domain/task.ts';
import { CODED_TERMS } from '../domain/terminology.ts';
import type { NewUid } from '../domain/uid.ts';
import type { Volume } from '../domain/volume.ts';
import { requireVolumeOfMasks } from '../domain/volumeFingerprint.ts';
import { editSegmentation } from './editSegmentation.ts';
import { inTurns } from './inTurns.ts';
import { throwIfCancelled } from './singleFlight.ts';
import { snapshotOf } from './snapshotOf.ts';
import type { Workspace } from './workspace.ts';

/** Where what was found is kept. */
export interface RunTarget {
  readonly series: SeriesReference;
  /** Of the series: it gets the segments; absent: a new one does. */
  readonly segmentationId?: string;
}

export interface FoundMasks {
  readonly classes: readonly TaskClass[];
  /** Of each class; absent or empty: nothing was found. */
  readonly masks: readonly (Mask | undefined)[];
  readonly volume: Volume;
  /** Of SegmentAlgorithmName; cut to what it takes. */
  readonly algorithmName: string;
}

/** SegmentAlgorithmName (0062,0009) has VR LO. */
const LONGEST_ALGORITHM_NAME = 64;

/**
 * What was found without prompts, in the op log as a segmentation that clicks correct, whose undo ends at it. Every
 * class becomes a segment, also one that was not found.
 * @returns the id of the segmentation
 * @throws Problem segmentation-not-found, invalid-request (a segmentation of another series), series-changed,
 *   edit-conflict, wrong-state, cancelled
 */
export async function keepFoundMasks(
  { series, segmentationId }: RunTarget,
  found: FoundMasks,
  workspace: Pick<Workspace, 'store' | 'mutex' | 'zoo' | 'newUid'>,
  signal: AbortSignal,
): Promise<string> {
  if (segmentationId !== undefined) {
    await editSegmentation(segmentationId, workspace, before => {
      // It may have been cancelled while it waited for other edits.
      throwIfCancelled(signal);
      if (seriesKey(before.series) !== seriesKey(series)) {
        const errors = [{ pointer: '/segmentationId', detail: 'is a segmentation of another series' }];
        throw new Problem('invalid-request', 'Name a segmentation of the series, or none.', { errors });
      }
      // With masks of two volumes it could neither be clicked on nor saved any more.
      requireVolumeOfMasks(before, found.volume);
      return segmentsFound(before, found, workspace.newUid, signal);
    });
    return segmentationId;
  }
  const created: NewSegmentation = {
    ...{ id: crypto.randomUUID(), series, createdAt: new Date().toISOString() },
    // The one that readers click with corrects it.
    modelId: workspace.zoo.get('default').id,
  };
  const operations = await segmentsFound(foldOperations(created, []), found, workspace.newUid, signal);
  throwIfCancelled(signal);
  await workspace.store.create(created, operations);
  // Nobody has heard of it: left behind, it would be listed before the reader's own work.
  if (signal.aborted) await workspace.store.remove(created.id);
  throwIfCancelled(signal);
  return created.id;
}

/** In turns: a mask may be a whole body, and there may be a hundred. @throws Problem cancelled */
async function segmentsFound(
  before: Segmentation,
  { classes, masks, volume, algorithmName }: FoundMasks,
  newUid: NewUid,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  let segmentation = before;
  for (const [n, found] of classes.entries()) {
    await nextTurn();
    const mask = masks[n];
    const openedMask = mask && hasVoxels(mask) ? await inTurns(snapshotOf(mask, volume), signal) : undefined;
    const operation: Operation = {
      kind: 'segment-added',
      ...{ segmentNumber: nextSegmentNumber(segmentation), label: found.label, trackingUID: newUid() },
      colour: colourOf(found, segmentation),
      description: {
        codes: codesOfClass(found),
        trackingID: found.label,
        algorithm: { type: 'AUTOMATIC', name: algorithmName.slice(0, LONGEST_ALGORITHM_NAME) },
      },
      ...(openedMask && { openedMask }),
    };
    operations.push(operation);
    segmentation = applyOperation(segmentation, operation);
  }
  return operations;
}

/** That of the term, unless another segment has it. */
function colourOf({ type }: TaskClass, segmentation: Segmentation): ColourRgb {
  const term = CODED_TERMS.find(({ code }) => code.value === type.value && code.scheme === type.scheme);
  const taken = new Set(segmentation.segments.map(({ colour }) => colour.join()));
  const recommended = term?.recommendedColour;
  return recommended && !taken.has(recommended.join()) ? recommended : nextColour(segmentation);
}
