import type { Types } from '@cornerstonejs/core';
import { isBent, lpsOfShown, shownOfLps, type ShownPlaces } from '../../domain/shownPlaces.ts';
import type { PointLps } from '../../domain/pointLps.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';

/** Something that may show a volume; stacks show each image where it lies. */
interface MaybeVolumeViewport {
  getVolumeId?(): string | undefined;
}

type Volume = Pick<Types.IImageVolume, 'imageIds' | 'origin' | 'direction' | 'spacing'>;

/** Of volumes that are shown elsewhere than they lie; null: shown as they lie. */
const known = new WeakMap<object, ShownPlaces | null>();

/** Where in the patient that is which a viewport shows at a point of its own space. */
export function toLps(cornerstone: Cornerstone, viewport: object, shown: PointLps): PointLps {
  const places = placesIn(cornerstone, viewport);
  return places ? lpsOfShown(places, shown) : shown;
}

/** Where in its own space a viewport shows what lies at a point in the patient. */
export function toShown(cornerstone: Cornerstone, viewport: object, pointLps: PointLps): PointLps {
  const places = placesIn(cornerstone, viewport);
  return places ? shownOfLps(places, pointLps) : pointLps;
}

function placesIn(cornerstone: Cornerstone, viewport: MaybeVolumeViewport): ShownPlaces | null {
  const volumeId = viewport.getVolumeId?.();
  const volume = volumeId === undefined ? undefined : cornerstone.core.cache.getVolume(volumeId);
  if (!volume) return null;
  const present = known.get(volume);
  if (present !== undefined) return present;
  const places = placesOf(cornerstone, volume);
  const found = places && isBent(places) ? places : null;
  known.set(volume, found);
  return found;
}

/** Undefined where an image does not say where it lies. */
function placesOf({ core }: Cornerstone, volume: Volume): ShownPlaces | undefined {
  const { imageIds, origin, direction, spacing } = volume;
  const origins = imageIds.flatMap(imageId => {
    const plane = core.metaData.get('imagePlaneModule', imageId) as
      { readonly imagePositionPatient?: readonly number[] } | undefined;
    return pointOf(plane?.imagePositionPatient ?? []);
  });
  if (origins.length === 0 || origins.length < imageIds.length) return undefined;
  const [shownOrigin] = pointOf(origin);
  const [normal] = pointOf(Array.from(direction).slice(6, 9));
  return shownOrigin && normal && { originsLps: origins, shownOrigin, normal, stepMm: spacing[2] };
}

/** None where these are no three numbers. */
function pointOf([x, y, z]: readonly number[]): PointLps[] {
  return x === undefined || y === undefined || z === undefined ? [] : [[x, y, z]];
}
