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

type View = Pick<Types.IViewport, 'getCamera' | 'worldToCanvas'>;

/** Where it lies near the plane shown. */
export function drawMarker(
  tools: CornerstoneTools,
  helper: ToolTypes.SVGDrawingHelper,
  view: View,
  marker: Marker,
): void {
  if (marker.kind === 'point') drawPoint(tools, helper, view, marker);
  else drawPath(tools, helper, view, marker);
}

/** 1 in the plane shown, 0 and less away from it. */
function nearnessOf(view: View, pointLps: readonly [number, number, number]): number {
  const { viewPlaneNormal, focalPoint } = view.getCamera();
  if (!viewPlaneNormal || !focalPoint) return 0;
  const distanceMm = pointLps.reduce(
    (sum, value, axis) => sum + (value - focalPoint[axis]!) * viewPlaneNormal[axis]!,
    0,
  );
  return 1 - Math.abs(distanceMm) / VISIBLE_DISTANCE_MM;
}

function colourOf({ polarity }: Marker): string {
  return polarity === 'include' ? INCLUDE_COLOUR : EXCLUDE_COLOUR;
}

/** A line where all of it lies near the plane shown: a dark one beneath keeps it visible on bright images. */
function drawPath(
  tools: CornerstoneTools,
  helper: ToolTypes.SVGDrawingHelper,
  view: View,
  marker: Extract<Marker, { kind: 'path' }>,
): void {
  if (marker.pathLps.some(point => nearnessOf(view, point) <= 0)) return;
  const { drawPolyline } = tools.drawing;
  const path = marker.pathLps.map(point => view.worldToCanvas([...point]));
  const shared = { closePath: marker.isClosed };
  drawPolyline(helper, marker.id, 'outline', path, { ...shared, lineWidth: 4, color: OUTLINE_COLOUR });
  drawPolyline(helper, marker.id, 'line', path, {
    ...shared,
    lineWidth: 2,
    color: colourOf(marker),
    ...(marker.isPending && { lineDash: '4,3' }),
  });
}

/** A disc with a plus or a minus, so that the two kinds differ by more than colour. */
function drawPoint(
  tools: CornerstoneTools,
  helper: ToolTypes.SVGDrawingHelper,
  view: View,
  marker: Extract<Marker, { kind: 'point' }>,
): void {
  const nearness = nearnessOf(view, marker.pointLps);
  if (nearness < 0) return;
  const [x, y] = view.worldToCanvas([...marker.pointLps]);
  const { drawCircle, drawLine } = tools.drawing;
  const colour = colourOf(marker);
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
