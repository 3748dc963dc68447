import { Problem } from '../domain/errors.ts';
import { codesOfLabel } from '../domain/segmentDescription.ts';
import { currentStructureSet } from '../domain/segmentState.ts';
import type { Segmentation } from '../domain/segmentation.ts';
import type { NewUid } from '../domain/uid.ts';
import type { Volume } from '../domain/volume.ts';
import type { ExportedSegment } from '../ports/exportedSegment.ts';
import { algorithmOf } from './algorithmOf.ts';
import { contentName } from './contentName.ts';
import { editSegmentation, requireSeen, requireVersion } from './editSegmentation.ts';
import { filledSegments } from './filledSegments.ts';
import { isStillStored, nameAfter } from './isStillStored.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

const DESCRIPTION = 'Tomoclick segmentation';

export interface ExportedSegmentation {
  readonly segmentation: Segmentation;
  readonly bytes: Uint8Array;
  readonly timings: Timings;
}

/** Of an object that is written. */
export interface ObjectUids {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

type ExportWorkspace = Pick<
  Workspace,
  'store' | 'zoo' | 'loadVolume' | 'structureSetEncoder' | 'labelmapEncoder' | 'newUid'
>;

/**
 * The segments that are not empty as closed contours in a DICOM RT Structure Set.
 * @throws Problem segmentation-not-found, series-changed, empty-segmentation, model-not-found, and those of the archive
 */
export function exportStructureSet(
  id: string,
  workspace: ExportWorkspace,
  signal: AbortSignal,
  uids: ObjectUids = newUids(workspace),
): Promise<ExportedSegmentation> {
  return exportAs(id, workspace, signal, ({ segmentation, source, segments }) =>
    workspace.structureSetEncoder.encode(
      {
        ...{ source, segments, seriesDescription: DESCRIPTION, contentDate: new Date() },
        ...algorithmOf(workspace.zoo.get(segmentation.modelId)),
        ...uids,
      },
      signal,
    ),
  );
}

/**
 * Stores those contours in the archive, as a series of their own. What is already stored, unchanged since, is not
 * stored again, unless it was deleted there.
 * @param request the version that the caller has seen (If-Match), if it matters: what was not looked at is not stored
 * @throws Problem as `exportStructureSet`, precondition-failed, and archive-rejected
 */
export async function storeStructureSet(
  { id, version }: { readonly id: string; readonly version: number | undefined },
  workspace: ExportWorkspace & Pick<Workspace, 'segmentationArchive' | 'imageArchive' | 'mutex' | 'namedUid'>,
  signal: AbortSignal,
): Promise<{ readonly segmentation: Segmentation; readonly stored: ObjectUids; readonly timings: Timings }> {
  let timings: Timings = {};
  const { after } = await editSegmentation(id, workspace, async segmentation => {
    const earlier = currentStructureSet(segmentation);
    (earlier ? requireSeen : requireVersion)(segmentation, version);
    if (earlier && (await isStillStored(segmentation.series, earlier, workspace, signal))) return [];
    const contours = nameAfter(`contours of ${contentName(segmentation)}`, earlier);
    const uids = {
      seriesInstanceUID: await workspace.namedUid(`series of ${contours}`),
      sopInstanceUID: await workspace.namedUid(contours),
    };
    const exported = await exportStructureSet(id, workspace, signal, uids);
    // As for the SEG: what has reached the archive is recorded even if the caller leaves.
    const unhurried = new AbortController().signal;
    const stored = await timed('archive', () =>
      workspace.segmentationArchive.store(segmentation.series.studyInstanceUID, exported.bytes, unhurried),
    );
    timings = addTimings(exported.timings, stored.timings);
    return [{ kind: 'structure-set-stored', ...uids }];
  });
  const { structureSet } = after;
  if (!structureSet) throw new Error('a stored structure set does not say where');
  return { segmentation: after, stored: structureSet, timings };
}

function newUids({ newUid }: { readonly newUid: NewUid }): ObjectUids {
  return { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
}

/**
 * The segments that are not empty as a gzipped NIfTI-1 image of their numbers.
 * @throws Problem segmentation-not-found, series-changed, empty-segmentation, unsupported-geometry (slices that are not
 *   evenly spaced), and those of the archive
 */
export function exportLabelmap(
  id: string,
  workspace: ExportWorkspace,
  signal: AbortSignal,
): Promise<ExportedSegmentation> {
  return exportAs(id, workspace, signal, ({ source, segments }) =>
    workspace.labelmapEncoder.encode({ geometry: source.geometry, segments, description: DESCRIPTION }),
  );
}

async function exportAs(
  id: string,
  workspace: ExportWorkspace,
  signal: AbortSignal,
  encode: (what: {
    readonly segmentation: Segmentation;
    readonly source: Volume;
    readonly segments: readonly ExportedSegment[];
  }) => Uint8Array | Promise<Uint8Array>,
): Promise<ExportedSegmentation> {
  const segmentation = await workspace.store.load(id);
  const { volume, timings } = await workspace.loadVolume(segmentation.series, signal);
  const segments = Array.from(filledSegments(segmentation, volume), ({ segment, mask }) => {
    const { segmentNumber, label, colour, description } = segment;
    return { segmentNumber, label, colour, mask, codes: description?.codes ?? codesOfLabel(label) };
  });
  if (segments.length === 0) {
    throw new Problem('empty-segmentation', 'Click a structure first: every segment is empty.');
  }
  const encoded = await timed('export', () => encode({ segmentation, source: volume, segments }));
  return { segmentation, bytes: encoded.result, timings: addTimings(timings, encoded.timings) };
}
