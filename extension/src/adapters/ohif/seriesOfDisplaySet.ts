import { VOLUMES_HANDLER_ID } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { DisplaySet } from '../../ports/ohif.ts';
import type { SeriesReference } from '../../ports/segmentationApi.ts';
import { imageIdentityOf } from '../cornerstone/imageIdentity.ts';

/** Whether its series holds other volumes too. */
export function isPartOfSeries({ SOPClassHandlerId }: DisplaySet): boolean {
  return SOPClassHandlerId === VOLUMES_HANDLER_ID;
}

/** What the server calls it: where the series holds several volumes, its first image names it. */
export function seriesOfDisplaySet(cornerstone: Cornerstone, displaySet: DisplaySet): SeriesReference {
  const { StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: seriesInstanceUID, instances } = displaySet;
  const imageId = isPartOfSeries(displaySet) ? instances?.[0]?.imageId : undefined;
  const image = imageId === undefined ? undefined : imageIdentityOf(cornerstone, imageId);
  if (!image) return { studyInstanceUID, seriesInstanceUID };
  const { sopInstanceUID, frameNumber } = image;
  return {
    ...{ studyInstanceUID, seriesInstanceUID },
    image: { sopInstanceUID, ...(frameNumber > 1 && { frameNumber }) },
  };
}

/** For the reader. */
export function descriptionOf({ SeriesDescription, Modality, SeriesNumber }: DisplaySet): string {
  return SeriesDescription || `${Modality} series ${SeriesNumber ?? ''}`;
}
