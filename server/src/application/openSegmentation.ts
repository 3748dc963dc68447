import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyOperation, foldOperations, type NewSegmentation } from '../domain/applyOperation.ts';
import type { DecodedSegment, DecodedSegmentation } from '../domain/decodedSegmentation.ts';
import { Problem, type ProblemCode } from '../domain/errors.ts';
import { hasVoxels } from '../domain/mask.ts';
import { placeSegmentation } from '../domain/placeSegmentation.ts';
import { nextColour } from '../domain/segmentColour.ts';
import type { MaskSnapshot, Operation, Segmentation } from '../domain/segmentation.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import type { NewUid } from '../domain/uid.ts';
import { inTurns } from './inTurns.ts';
import { snapshotOf } from './snapshotOf.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import { loadVolumeOfObject } from './volumeOfObject.ts';
import type { Workspace } from './workspace.ts';

export interface OpenRequest {
  /** The images. */
  readonly series: SeriesReference;
  readonly modelId: string;
  /** The segmentation in the archive, of the same study. */
  readonly object: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
}

/** Of one object. */
const UNREADABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'unsupported-segmentation',
  'unsupported-pixel-data',
]);

/**
 * A DICOM segmentation in the archive, whoever wrote it, as one that can be edited. Its segments keep their numbers,
 * labels, colours, codes and tracking; the object stays as it is.
 * @throws Problem model-not-found, not-found (no such object in its series), unsupported-segmentation,
 *   frame-of-reference-mismatch, and those of the archive
 */
export async function openSegmentation(
  request: OpenRequest,
  workspace: Pick<
    Workspace,
    'store' | 'zoo' | 'loadVolume' | 'imageArchive' | 'segmentationDecoder' | 'newUid'
  >,
  signal: AbortSignal,
): Promise<{ readonly segmentation: Segmentation; readonly timings: Timings }> {
  const { modelId, object } = request;
  const model = workspace.zoo.get(modelId);
  const found = await timed('archive', () =>
    retrieveObject(request.series.studyInstanceUID, object, workspace, signal),
  );
  const loaded = await loadVolumeOfObject(found.result, request.series, workspace, signal);
  const { volume, series, timings } = loaded;
  const created: NewSegmentation = {
    id: crypto.randomUUID(),
    series,
    modelId: model.id,
    createdAt: new Date().toISOString(),
  };
  const placed = await timed('seg', () => placeSegmentation(found.result, volume, nextTurn));
  const { masks, warnings } = placed.result;
  const operations: Operation[] = [{ kind: 'opened', ...object, warnings }];
  let segmentation = foldOperations(created, operations);
  for (const segment of found.result.segments) {
    const mask = masks.get(segment.segmentNumber);
    await nextTurn();
    const openedMask = mask && hasVoxels(mask) ? await inTurns(snapshotOf(mask, volume), signal) : undefined;
    const operation = segmentOpened(segmentation, segment, openedMask, workspace.newUid);
    operations.push(operation);
    segmentation = applyOperation(segmentation, operation);
  }
  await workspace.store.create(created, operations);
  return { segmentation, timings: addTimings(found.timings, timings, placed.timings) };
}

/**
 * @throws Problem not-found, those of the archive, and those of the decoder; other objects of the series may be of any
 *   kind, and those that cannot be read do not hide it
 */
export async function retrieveObject(
  studyInstanceUID: string,
  { seriesInstanceUID, sopInstanceUID }: OpenRequest['object'],
  { imageArchive, segmentationDecoder }: Pick<Workspace, 'imageArchive' | 'segmentationDecoder'>,
  signal: AbortSignal,
): Promise<DecodedSegmentation> {
  const series = { studyInstanceUID, seriesInstanceUID };
  let refusal: Problem | undefined;
  for await (const part10 of imageArchive.retrieveSeries(series, signal)) {
    try {
      const decoded = await segmentationDecoder.decode(part10);
      if (decoded.sopInstanceUID === sopInstanceUID) return decoded;
    } catch (error) {
      if (!(error instanceof Problem && UNREADABLE.has(error.code))) throw error;
      refusal ??= error;
    }
  }
  if (refusal) throw refusal;
  throw new Problem('not-found', 'The series holds no object of this SOPInstanceUID.', { sopInstanceUID });
}

function segmentOpened(
  segmentation: Segmentation,
  { segmentNumber, label, colour, trackingUID, description }: DecodedSegment,
  openedMask: MaskSnapshot | undefined,
  newUid: NewUid,
): Operation {
  return {
    kind: 'segment-added',
    ...{ segmentNumber, label, description },
    colour: colour ?? nextColour(segmentation),
    trackingUID: trackingUID ?? newUid(),
    ...(openedMask && { openedMask }),
  };
}
