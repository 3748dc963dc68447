import { sliceKeyOf, type SliceKey } from '../../domain/sliceKey.ts';
import type { Services } from '../../ports/ohif.ts';
import { frameOfImageId } from '../cornerstone/imageIdentity.ts';

/** Undefined where the viewer has not listed the volume yet. */
export type VolumeLabelOf = (image: {
  readonly sopInstanceUID: string;
  readonly frameNumber?: number;
}) => string | undefined;

/** What the viewer calls the volume that an image names, also after another study is shown. */
export function volumeLabels({ displaySetService }: Services): VolumeLabelOf {
  const met = new Map<SliceKey, string>();

  function labelInView(key: SliceKey): string | undefined {
    const volumes = displaySetService
      .getActiveDisplaySets()
      .filter(({ volumeLabel }) => volumeLabel !== undefined);
    return volumes.find(({ instances = [] }) =>
      instances.some(
        ({ SOPInstanceUID, imageId = '' }) => sliceKeyOf(SOPInstanceUID, frameOfImageId(imageId)) === key,
      ),
    )?.volumeLabel;
  }

  return ({ sopInstanceUID, frameNumber }) => {
    const key = sliceKeyOf(sopInstanceUID, frameNumber);
    const label = labelInView(key) ?? met.get(key);
    if (label !== undefined) met.set(key, label);
    return label;
  };
}
