import { add, dot, scale, subtract, type Vector3 } from '@tomoclick/server/domain/affine';

/**
 * Where the slices of a volume lie, and where the viewer shows them: it draws every volume as slices evenly apart along
 * their normal. A series with gaps, of uneven steps or of a tilted gantry is bent on the screen.
 */
export interface ShownPlaces {
  /** Of the first voxel of each slice, in the order of the volume. */
  readonly originsLps: readonly Vector3[];
  /** Of the first slice, as shown. */
  readonly shownOrigin: Vector3;
  readonly normal: Vector3;
  /** From slice to slice, as shown. */
  readonly stepMm: number;
}

/** Below the precision of positions in DICOM headers. */
const TOLERANCE_MM = 0.01;

/** Whether the viewer shows the slices elsewhere than they lie. */
export function isBent(places: ShownPlaces): boolean {
  const { originsLps } = places;
  const heights = originsLps.map(origin => heightOf(places, origin));
  // Slices at one place cannot be told apart by theirs.
  if (heights.some((height, k) => k > 0 && height <= heights[k - 1]!)) return false;
  return originsLps.some((_, k) => offsetAt(places, k).some(mm => Math.abs(mm) > TOLERANCE_MM));
}

/** Where in the patient that is which is shown at a point. */
export function lpsOfShown(places: ShownPlaces, shown: Vector3): Vector3 {
  const slice = dot(subtract(shown, places.shownOrigin), places.normal) / places.stepMm;
  return add(shown, offsetAt(places, slice));
}

/** Where that is shown which lies at a point in the patient. */
export function shownOfLps(places: ShownPlaces, pointLps: Vector3): Vector3 {
  return subtract(pointLps, offsetAt(places, sliceOf(places, heightOf(places, pointLps))));
}

/** How far from where it is shown a slice lies; between two slices in proportion, beyond all as at the end. */
function offsetAt(places: ShownPlaces, slice: number): Vector3 {
  const { originsLps, shownOrigin, normal, stepMm } = places;
  const within = Math.min(Math.max(slice, 0), originsLps.length - 1);
  const below = Math.floor(within);
  const [origin, next] = [originsLps[below]!, originsLps[Math.min(below + 1, originsLps.length - 1)]!];
  const lies = add(origin, scale(subtract(next, origin), within - below));
  return subtract(lies, add(shownOrigin, scale(normal, within * stepMm)));
}

function heightOf({ originsLps, normal }: ShownPlaces, pointLps: Vector3): number {
  return dot(subtract(pointLps, originsLps[0]!), normal);
}

/** Fractional; that of an end for what lies beyond it. */
function sliceOf(places: ShownPlaces, height: number): number {
  const { originsLps } = places;
  const above = originsLps.findIndex(origin => heightOf(places, origin) > height);
  if (above === 0) return 0;
  if (above < 0) return originsLps.length - 1;
  const [low, high] = [above - 1, above].map(k => heightOf(places, originsLps[k]!)) as [number, number];
  return above - 1 + (height - low) / (high - low);
}
