import type { Segmentation } from '../domain/segmentation.ts';
import { currentMask } from '../domain/segmentState.ts';

/**
 * All that a stored object shows of a segmentation, as a name for it: what goes on from a backup or a copy of the
 * data folder comes to the same version with other masks, which must not get the UIDs of what is in the archive.
 */
export function contentName({ id, contentVersion, segments }: Segmentation): string {
  const shown = segments.map(segment => {
    const { segmentNumber, label, colour, trackingUID, description = null } = segment;
    const mask = Buffer.from(currentMask(segment)?.runLength ?? []).toString('base64');
    return [segmentNumber, label, colour, trackingUID, description, mask];
  });
  return [id, contentVersion, JSON.stringify(shown)].join(' ');
}
