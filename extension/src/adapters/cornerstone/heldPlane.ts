import type { Types } from '@cornerstonejs/core';
import type { PointLps } from '../../domain/pointLps.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import { toLps } from './shownPlaces.ts';

/**
 * What a viewport shows at one moment. What a hand does in it is meant there, also where the viewport shows another
 * slice before it has ended, as when earlier work comes into view, or while a cine loop runs.
 */
export interface HeldPlane {
  readonly viewportId: string;
  /** Undefined where the viewport shows nothing yet. */
  readonly normalLps: PointLps | undefined;
  /** @param place pixels in the page */
  canvasPlace(place: PagePlace): readonly [number, number];
  lpsOf(canvasPlace: readonly [number, number]): PointLps;
}

interface PagePlace {
  readonly x: number;
  readonly y: number;
}

export function holdPlane(
  cornerstone: Cornerstone,
  { viewport, viewportId }: Pick<Types.IEnabledElement, 'viewport' | 'viewportId'>,
): HeldPlane {
  const { canvas } = viewport;
  const { left, top } = canvas.getBoundingClientRect();
  // Viewports of slices project in parallel: three corners tell all. Far apart, they are told most exactly.
  const [width, height] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
  const origin = viewport.canvasToWorld([0, 0]);
  const right = viewport.canvasToWorld([width, 0]);
  const below = viewport.canvasToWorld([0, height]);
  const { viewPlaneNormal } = viewport.getCamera();
  return {
    viewportId,
    normalLps: viewPlaneNormal,
    canvasPlace: ({ x, y }) => [x - left, y - top],
    lpsOf([x, y]) {
      const along = (axis: 0 | 1 | 2): number =>
        origin[axis] +
        (x / width) * (right[axis] - origin[axis]) +
        (y / height) * (below[axis] - origin[axis]);
      return toLps(cornerstone, viewport, [along(0), along(1), along(2)]);
    },
  };
}
