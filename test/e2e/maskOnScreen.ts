import { expect } from '@jest/globals';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { voxelAt, type Mask } from '../../server/src/domain/mask.ts';
import { indexIjkOf, type VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import type { Plane, ScreenSample } from './planesOnPage.ts';
import type { ViewerPage } from './viewerPage.ts';

const PLANES: readonly Plane[] = ['axial', 'coronal', 'sagittal'];
/** Share of the places on the screen that must be tinted as the mask says; the rest are labels and antialiasing. */
const LEAST_AGREEMENT = 0.97;
/** Fewer would prove little about where the mask is. */
const LEAST_SAMPLES = 20;
const RADIUS_PIXELS = 75;
/** Distance from a click within which its marker hides the mask. */
const MARKER_PIXELS = 14;

/** Whether all voxels about a position are in the mask, or none; undefined at its border. */
function isInside(mask: Mask, geometry: VolumeGeometry, pointLps: Vector3): boolean | undefined {
  const [i, j, k] = indexIjkOf(geometry, pointLps).map(Math.round) as [number, number, number];
  const near = [-2, 0, 2].flatMap(di =>
    [-2, 0, 2].flatMap(dj => [-1, 0, 1].map(dk => voxelAt(mask, i + di, j + dj, k + dk))),
  );
  return near.every(voxel => voxel === near[0]) ? near[0] === 1 : undefined;
}

/** CT is grey: colour is what was laid over it. */
const isTinted = ({ rgb: [r, g, b] }: ScreenSample): boolean => Math.max(r, g, b) - Math.min(r, g, b) > 12;

/** The green of a box, stroke or outline drawn over the mask, its soft edges too; masks are blue here. */
const isDrawing = ({ rgb: [r, g, b] }: ScreenSample): boolean => g - Math.max(r, b) > 8;

interface PlacedMask {
  readonly mask: Mask;
  readonly geometry: VolumeGeometry;
}

/** How many places about a point are coloured in a plane. */
export async function tintedCount(viewer: ViewerPage, plane: Plane, aroundLps: Vector3): Promise<number> {
  const samples = await viewer.planes.samples(plane, aroundLps, RADIUS_PIXELS);
  return samples.filter(isTinted).length;
}

/** Of the places where the mask is sure, the share at which the screen shows the same. */
async function agreementOnScreen(
  viewer: ViewerPage,
  plane: Plane,
  { mask, geometry }: PlacedMask,
  aroundLps: Vector3,
) {
  const samples = await viewer.planes.samples(plane, aroundLps, RADIUS_PIXELS);
  const centre = samples[Math.floor(samples.length / 2)]!.canvas;
  const sure = samples.flatMap(sample => {
    const inside = isInside(mask, geometry, sample.pointLps);
    const [dx, dy] = [sample.canvas[0] - centre[0], sample.canvas[1] - centre[1]];
    const isHidden = Math.hypot(dx, dy) < MARKER_PIXELS || isDrawing(sample);
    return inside === undefined || isHidden ? [] : [{ inside, sample }];
  });
  const agreeing = sure.filter(({ inside, sample }) => isTinted(sample) === inside).length;
  return {
    insideCount: sure.filter(({ inside }) => inside).length,
    outsideCount: sure.filter(({ inside }) => !inside).length,
    agreement: agreeing / sure.length,
  };
}

/** Looks for a mask, of the demo study unless said otherwise, about a point in all three planes. */
export async function expectOnScreen(
  viewer: ViewerPage,
  mask: Mask,
  aroundLps: Vector3,
  geometry: VolumeGeometry = DEMO_GEOMETRY,
): Promise<void> {
  for (const plane of PLANES) {
    const { insideCount, outsideCount, agreement } = await agreementOnScreen(
      viewer,
      plane,
      { mask, geometry },
      aroundLps,
    );
    expect({ plane, hasBoth: insideCount > LEAST_SAMPLES && outsideCount > LEAST_SAMPLES }).toEqual({
      plane,
      hasBoth: true,
    });
    expect({ plane, agrees: agreement >= LEAST_AGREEMENT, agreement }).toMatchObject({ agrees: true });
  }
}
