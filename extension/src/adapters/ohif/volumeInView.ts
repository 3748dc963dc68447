import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { DisplaySet, Services } from '../../ports/ohif.ts';
import type { SeriesReference } from '../../ports/segmentationApi.ts';
import { imageIdentityOf } from '../cornerstone/imageIdentity.ts';
import { viewportsOf } from './seriesInView.ts';

/** A display set, or one time point of it. */
export interface DisplayedVolume {
  readonly displaySet: DisplaySet;
  /** Absent where the display set is one volume. */
  readonly timePoint?: TimePoint;
}

export interface TimePoint {
  /** 1-based. */
  readonly number: number;
  readonly count: number;
  readonly imageIds: readonly string[];
}

/** Equal for equal volumes. */
export function volumeKeyOf({ displaySet, timePoint }: DisplayedVolume): string {
  const { displaySetInstanceUID } = displaySet;
  return timePoint ? `${displaySetInstanceUID}-${timePoint.number}` : displaySetInstanceUID;
}

/** All viewports show the same time point of a display set. */
export function volumeInView(
  services: Services,
  { core }: Cornerstone,
  displaySet: DisplaySet,
): DisplayedVolume {
  const timePoints = displaySet.isDynamicVolume ? displaySet.dynamicVolumeInfo?.timePoints : undefined;
  if (!timePoints || timePoints.length < 2) return { displaySet };
  const [viewportId] = viewportsOf(services, displaySet);
  const viewport =
    viewportId === undefined ? null : services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
  const volumeId = viewport?.getVolumeId?.();
  const volume = volumeId === undefined ? undefined : core.cache.getVolume(volumeId);
  const number = volume && 'dimensionGroupNumber' in volume ? Number(volume.dimensionGroupNumber) : 1;
  const imageIds = timePoints[number - 1];
  return imageIds
    ? { displaySet, timePoint: { number, count: timePoints.length, imageIds } }
    : { displaySet };
}

/** What the server calls it: the first image of a time point names it. */
export function seriesOfVolume(cornerstone: Cornerstone, volume: DisplayedVolume): SeriesReference {
  const { displaySet, timePoint } = volume;
  const { StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: seriesInstanceUID } = displaySet;
  const [imageId] = timePoint?.imageIds ?? [];
  const image = imageId === undefined ? undefined : imageIdentityOf(cornerstone, imageId);
  if (!image) return { studyInstanceUID, seriesInstanceUID };
  const { sopInstanceUID, frameNumber } = image;
  return {
    ...{ studyInstanceUID, seriesInstanceUID },
    image: { sopInstanceUID, ...(frameNumber > 1 && { frameNumber }) },
  };
}

/** Calls back when another time point is shown. Returns how to end it. */
export function onTimePointChanged({ core }: Cornerstone, callback: () => void): () => void {
  const { DYNAMIC_VOLUME_DIMENSION_GROUP_CHANGED } = core.Enums.Events;
  core.eventTarget.addEventListener(DYNAMIC_VOLUME_DIMENSION_GROUP_CHANGED, callback);
  return () => core.eventTarget.removeEventListener(DYNAMIC_VOLUME_DIMENSION_GROUP_CHANGED, callback);
}
