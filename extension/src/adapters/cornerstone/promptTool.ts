import type { Types } from '@cornerstonejs/core';
import type { Types as ToolTypes } from '@cornerstonejs/tools';
import { placedMarker, type Marker } from '../../domain/marker.ts';
import type { PointLps } from '../../domain/pointLps.ts';
import { TOOL_NAME } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import { drawMarker } from './markerDrawing.ts';
import { toShown } from './shownPlaces.ts';

/**
 * Registers the tool with the viewer's cornerstone. Clicks and drawings come from `listenForPrompts`; where nothing
 * is drawn, dragging sets window and level as with the viewer's default tool, so that reading goes on.
 */
export function registerPromptTool(
  cornerstone: Cornerstone,
  markersIn: (viewportId: string) => readonly Marker[],
  isDrawingIn: (viewportId: string) => boolean,
): void {
  const { tools } = cornerstone;
  class PromptTool extends tools.WindowLevelTool {
    static override toolName = TOOL_NAME;

    override mouseDragCallback(event: ToolTypes.EventTypes.InteractionEventType): void {
      if (!isDrawingIn(event.detail.viewportId)) super.mouseDragCallback(event);
    }

    override touchDragCallback(event: ToolTypes.EventTypes.InteractionEventType): void {
      if (!isDrawingIn(event.detail.viewportId)) super.touchDragCallback(event);
    }

    /** Called by cornerstone for every viewport of the tool group, whichever tool is active. */
    renderAnnotation(enabled: Types.IEnabledElement, helper: ToolTypes.SVGDrawingHelper): boolean {
      const { viewport, viewportId } = enabled;
      const markers = markersIn(viewportId);
      const shownAt = (pointLps: PointLps): PointLps => toShown(cornerstone, viewport, pointLps);
      for (const marker of markers) drawMarker(tools, helper, viewport, placedMarker(marker, shownAt));
      return markers.length > 0;
    }
  }
  tools.addTool(PromptTool);
}
