import { Problem } from '../domain/errors.ts';
import { currentSave } from '../domain/segmentState.ts';
import type { Segmentation, StoredReport, StoredSegmentation } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import type { MeasurementReportToEncode } from '../ports/measurementReportEncoder.ts';
import { algorithmOf } from './algorithmOf.ts';
import { editSegmentation } from './editSegmentation.ts';
import { keptDescription } from './encodeSegmentationObject.ts';
import { isStillStored, nameAfter } from './isStillStored.ts';
import { measureSegments, type MeasuredSegment } from './measureSegmentation.ts';
import type { SavedSegmentation } from './storeSegmentation.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

/**
 * Measures what was just saved and stores the report beside its SEG, once for each save, and once more where it was
 * deleted in the archive. The save stands even when this fails; asking again then stores the report alone.
 * @throws Problem segmentation-not-found, edit-conflict (changed since it was saved), series-changed, and those of the archive
 */
export async function storeMeasurementReport(
  id: string,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<Omit<SavedSegmentation, 'isLearned'>> {
  let timings: Timings = {};
  const { after } = await editSegmentation(id, workspace, async segmentation => {
    const save = requireCurrentSave(segmentation);
    const earlier = save.measurementReport;
    if (earlier && (await isStillStored(segmentation.series, earlier, workspace, signal))) return [];
    const loaded = await workspace.loadVolume(segmentation.series, signal);
    const uids = {
      seriesInstanceUID: await workspace.namedUid(
        nameAfter(`report series on ${save.sopInstanceUID}`, earlier),
      ),
      sopInstanceUID: await workspace.namedUid(nameAfter(`report on ${save.sopInstanceUID}`, earlier)),
    };
    const encoded = await timed('measure', async () => {
      const measured = await measureSegments(segmentation, loaded.volume, signal);
      const report = reportOn(segmentation, save, { measured, volume: loaded.volume }, workspace, uids);
      return { ...report, part10: workspace.measurementReportEncoder.encode(report) };
    });
    const { part10, seriesInstanceUID, sopInstanceUID } = encoded.result;
    // As for the SEG: what has reached the archive is recorded even if the caller leaves.
    const unhurried = new AbortController().signal;
    const stored = await timed('archive', () =>
      workspace.segmentationArchive.store(segmentation.series.studyInstanceUID, part10, unhurried),
    );
    timings = addTimings(loaded.timings, encoded.timings, stored.timings);
    return [{ kind: 'report-stored', seriesInstanceUID, sopInstanceUID }];
  });
  return { segmentation: after, stored: requireCurrentSave(after), timings };
}

function requireCurrentSave(segmentation: Segmentation): StoredSegmentation {
  const save = currentSave(segmentation);
  if (save) return save;
  throw new Problem('edit-conflict', 'The segmentation was changed while it was saved. Save it again.');
}

function reportOn(
  segmentation: Segmentation,
  { seriesInstanceUID, sopInstanceUID, segmentationType = 'BINARY' }: StoredSegmentation,
  { measured, volume }: { readonly measured: readonly MeasuredSegment[]; readonly volume: Volume },
  { zoo }: Pick<Workspace, 'zoo'>,
  uids: StoredReport,
): MeasurementReportToEncode {
  return {
    source: volume,
    segmentation: { seriesInstanceUID, sopInstanceUID, segmentationType },
    // Numbered as in the SEG: 1…N, empty ones left out.
    segments: measured.map(({ segment, measurements }, index) => {
      const { label, trackingUID } = segment;
      const { codes, trackingID } = keptDescription(segment);
      return {
        ...{ segmentNumber: index + 1, label, trackingUID, measurements },
        ...(codes && { codes }),
        ...(trackingID !== undefined && { trackingID }),
      };
    }),
    ...algorithmOf(zoo.get(segmentation.modelId)),
    ...uids,
    seriesDescription: `Tomoclick measurements ${segmentation.stored.length}`,
    contentDate: new Date(),
  };
}
