import { listOf } from '../../domain/oneOrMore.ts';
import { sliceKeyOf } from '../../domain/sliceKey.ts';
import type { ImageInstance } from '../../ports/imageInstance.ts';
import type { DisplaySet, ReferencedImage, Services, Subscription } from '../../ports/ohif.ts';
import { frameOfImageId } from '../cornerstone/imageIdentity.ts';
import { isPartOfSeries } from './seriesOfDisplaySet.ts';

/** Whether a segmentation of the series is of this volume; one that does not say which images it is of may be. */
export function refersToVolume({ instance }: DisplaySet, volume: DisplaySet): boolean {
  if (!isPartOfSeries(volume)) return true;
  const images = listOf(instance?.PerFrameFunctionalGroupsSequence)
    .flatMap(({ DerivationImageSequence }) => listOf(DerivationImageSequence))
    .flatMap(({ SourceImageSequence }) => listOf(SourceImageSequence));
  const named = listOf(instance?.ReferencedSeriesSequence).flatMap(({ ReferencedInstanceSequence }) =>
    listOf(ReferencedInstanceSequence),
  );
  const referenced = images.length > 0 ? images : named;
  if (referenced.length === 0) return true;
  const keys = new Set(referenced.flatMap(keysOf));
  return (volume.instances ?? []).some(image => keysOfImage(image).some(key => keys.has(key)));
}

/**
 * Has the viewer lay each segmentation over the volume that it is of: of its own it takes one of the series that
 * holds one of the images, or any. Returns what ends it.
 */
export function assignReferencedVolumes({ displaySetService }: Services): Subscription[] {
  const assign = (): void => {
    const displaySets = displaySetService.getActiveDisplaySets();
    for (const segmentation of displaySets.filter(({ Modality }) => Modality === 'SEG')) {
      const volume = displaySets.find(
        candidate =>
          candidate.SeriesInstanceUID === segmentation.referencedSeriesInstanceUID &&
          isPartOfSeries(candidate) &&
          refersToVolume(segmentation, candidate),
      );
      if (volume) assignVolume(segmentation, volume);
    }
  };
  const event = displaySetService.EVENTS['DISPLAY_SETS_ADDED'];
  // The viewer's own choice comes with the same event.
  return event === undefined ? [] : [displaySetService.subscribe(event, () => queueMicrotask(assign))];
}

function assignVolume(segmentation: DisplaySet, volume: DisplaySet): void {
  const { displaySetInstanceUID, isReconstructable, FrameOfReferenceUID } = volume;
  Object.assign(segmentation, {
    referencedDisplaySetInstanceUID: displaySetInstanceUID,
    ...{ isReconstructable, FrameOfReferenceUID },
  });
}

/** Where no frames are named, all are meant. */
function keysOf({
  ReferencedSOPInstanceUID: uid,
  ReferencedFrameNumber,
}: ReferencedImage): readonly string[] {
  if (uid === undefined) return [];
  const frames = listOf(ReferencedFrameNumber);
  return frames.length > 0 ? frames.map(frame => sliceKeyOf(uid, Number(frame))) : [uid];
}

function keysOfImage({ SOPInstanceUID, imageId }: ImageInstance): readonly string[] {
  return [SOPInstanceUID, sliceKeyOf(SOPInstanceUID, frameOfImageId(imageId ?? ''))];
}
