import type { Types } from '@cornerstonejs/core';
import type { Types as ToolTypes } from '@cornerstonejs/tools';
import type { Marker } from '../../domain/marker.ts';
import type { CornerstoneTools } from '../../ports/cornerstone.ts';

/** Markers farther from the plane shown than this are not drawn; at the plane they are opaque. */
const VISIBLE_DISTANCE_MM = 6;
const RADIUS_PIXELS = 6;
const INCLUDE_COLOUR = 'rgb(60, 220, 120)';
const EXCLUDE_COLOUR = 'rgb(255, 90, 90)';
const OUTLINE_COLOUR = 'rgba(0, 0, 0, 0.8)';

export interface MarkerPlacement {
  readonly canvas: Types.Point2;
  /** 1 in the plane shown, towards 0 away from it. */
  readonly nearness: number;
}

/** Where a marker is drawn in a viewport; nothing when it lies too far from the plane shown. */
export function markerPlacement(
  viewport: Pick<Types.IViewport, 'getCamera' | 'worldToCanvas'>,
  marker: Marker,
): MarkerPlacement | undefined {
  const { viewPlaneNormal, focalPoint } = viewport.getCamera();
  if (!viewPlaneNormal || !focalPoint) return undefined;
  const distanceMm = Math.abs(
    marker.pointLps.reduce(
      (sum, value, axis) => sum + (value - focalPoint[axis]!) * viewPlaneNormal[axis]!,
      0,
    ),
  );
  if (distanceMm > VISIBLE_DISTANCE_MM) return undefined;
  const canvas = viewport.worldToCanvas([...marker.pointLps]);
  return { canvas, nearness: 1 - distanceMm / VISIBLE_DISTANCE_MM };
}

/** A disc with a plus or a minus, so that the two kinds differ by more than colour. */
export function drawMarker(
  tools: CornerstoneTools,
  helper: ToolTypes.SVGDrawingHelper,
  marker: Marker,
  { canvas: [x, y], nearness }: MarkerPlacement,
): void {
  const { drawCircle, drawLine } = tools.drawing;
  const colour = marker.polarity === 'include' ? INCLUDE_COLOUR : EXCLUDE_COLOUR;
  const opacity = 0.25 + 0.75 * nearness;
  const shared = { lineWidth: 1.5, fillOpacity: opacity, strokeOpacity: opacity };
  drawCircle(helper, marker.id, 'outline', [x, y], RADIUS_PIXELS + 1.5, { ...shared, color: OUTLINE_COLOUR });
  drawCircle(helper, marker.id, 'disc', [x, y], RADIUS_PIXELS, {
    ...shared,
    color: colour,
    ...(marker.isPending ? { lineDash: '2,2' } : { fill: OUTLINE_COLOUR }),
  });
  const arm = RADIUS_PIXELS - 3;
  const line = { color: colour, lineWidth: 1.5 };
  drawLine(helper, marker.id, 'across', [x - arm, y], [x + arm, y], line);
  if (marker.polarity === 'include') drawLine(helper, marker.id, 'down', [x, y - arm], [x, y + arm], line);
}
