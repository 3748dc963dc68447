import { listOf } from '../../domain/oneOrMore.ts';
import type { StoredCase } from '../../domain/labelledCase.ts';
import { madeAtOf, type StoredObject } from '../../domain/storedObject.ts';
import type { DisplaySet, Services, Subscription } from '../../ports/ohif.ts';
import { refersToVolume } from './referencedVolume.ts';
import { isPartOfSeries } from './seriesOfDisplaySet.ts';

/** The segmentations of the study that refer to the volume shown, newest first. */
export function storedSegmentationsOf(services: Services, shown: DisplaySet): readonly StoredObject[] {
  return services.displaySetService
    .getActiveDisplaySets()
    .filter(({ Modality, referencedSeriesInstanceUID: series }) => {
      return Modality === 'SEG' && series === shown.SeriesInstanceUID;
    })
    .filter(segmentation => refersToVolume(segmentation, shown))
    .flatMap(segmentation => storedObjectOf(segmentation) ?? [])
    .sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
}

/** All segmentations of the study, of whichever of its series. */
export function storedCasesOf({ displaySetService }: Services): readonly StoredCase[] {
  const displaySets = displaySetService.getActiveDisplaySets();
  return displaySets.flatMap(displaySet => {
    const { Modality, StudyInstanceUID: studyInstanceUID, referencedSeriesInstanceUID } = displaySet;
    const object = Modality === 'SEG' ? storedObjectOf(displaySet) : undefined;
    if (!object || !referencedSeriesInstanceUID) return [];
    const volume = displaySets.find(
      candidate =>
        candidate.SeriesInstanceUID === referencedSeriesInstanceUID &&
        isPartOfSeries(candidate) &&
        refersToVolume(displaySet, candidate),
    )?.volumeLabel;
    const named = volume === undefined ? {} : { volume };
    return [{ ...object, ...named, studyInstanceUID, imageSeriesInstanceUID: referencedSeriesInstanceUID }];
  });
}

/** Calls back whenever there may be others. */
export function onSeriesChanged({ displaySetService }: Services, callback: () => void): Subscription[] {
  return ['DISPLAY_SETS_ADDED', 'DISPLAY_SETS_REMOVED', 'DISPLAY_SETS_CHANGED'].flatMap(name => {
    const event = displaySetService.EVENTS[name];
    return event === undefined ? [] : [displaySetService.subscribe(event, callback)];
  });
}

function storedObjectOf({
  SeriesInstanceUID: seriesInstanceUID,
  SOPInstanceUID: sopInstanceUID,
  SeriesDescription,
  instance,
}: DisplaySet): StoredObject | undefined {
  if (sopInstanceUID === undefined) return undefined;
  return {
    ...{ seriesInstanceUID, sopInstanceUID },
    description: SeriesDescription || 'Segmentation',
    labels: listOf(instance?.SegmentSequence).map(({ SegmentLabel }) => SegmentLabel ?? ''),
    madeAt: madeAtOf(
      instance?.ContentDate ?? instance?.SeriesDate,
      instance?.ContentTime ?? instance?.SeriesTime,
    ),
  };
}
