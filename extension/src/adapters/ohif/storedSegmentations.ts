import type { StoredCase } from '../../domain/labelledCase.ts';
import { madeAtOf, type StoredObject } from '../../domain/storedObject.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { DisplaySet, OneOrMore, Services, Subscription } from '../../ports/ohif.ts';
import { imageIdentityOf } from '../cornerstone/imageIdentity.ts';
import type { DisplayedVolume } from './volumeInView.ts';

/** The segmentations of the study that refer to the series shown, newest first. */
export function storedSegmentationsOf(
  services: Services,
  cornerstone: Cornerstone,
  volume: DisplayedVolume,
): readonly StoredObject[] {
  const imageUids = imageUidsOf(cornerstone, volume);
  return services.displaySetService
    .getActiveDisplaySets()
    .filter(({ Modality, referencedSeriesInstanceUID: series }) => {
      return Modality === 'SEG' && series === volume.displaySet.SeriesInstanceUID;
    })
    .filter(segmentation => refersToOneOf(imageUids, segmentation))
    .flatMap(segmentation => storedObjectOf(segmentation) ?? [])
    .sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
}

/** All segmentations of the study, of whichever of its series. */
export function storedCasesOf({ displaySetService }: Services): readonly StoredCase[] {
  return displaySetService.getActiveDisplaySets().flatMap(displaySet => {
    const { Modality, StudyInstanceUID: studyInstanceUID, referencedSeriesInstanceUID } = displaySet;
    const object = Modality === 'SEG' ? storedObjectOf(displaySet) : undefined;
    if (!object || !referencedSeriesInstanceUID) return [];
    return [{ ...object, studyInstanceUID, imageSeriesInstanceUID: referencedSeriesInstanceUID }];
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

/** Undefined where the series is one volume, to which all that refers to it belongs. */
function imageUidsOf(cornerstone: Cornerstone, { timePoint }: DisplayedVolume): Set<string> | undefined {
  return (
    timePoint &&
    new Set(timePoint.imageIds.flatMap(id => imageIdentityOf(cornerstone, id)?.sopInstanceUID ?? []))
  );
}

/** An object that does not say which images it is of may be of these. */
function refersToOneOf(imageUids: Set<string> | undefined, { instance }: DisplaySet): boolean {
  const images = listOf(instance?.ReferencedSeriesSequence).flatMap(({ ReferencedInstanceSequence }) =>
    listOf(ReferencedInstanceSequence),
  );
  if (!imageUids || images.length === 0) return true;
  return images.some(({ ReferencedSOPInstanceUID: uid }) => uid !== undefined && imageUids.has(uid));
}

function listOf<Item>(value: OneOrMore<Item> | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
