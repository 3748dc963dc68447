import type { Types } from '@cornerstonejs/core';
import type { Types as ToolTypes } from '@cornerstonejs/tools';
import type { Marker } from '../../domain/marker.ts';
import { TOOL_NAME } from '../../id.ts';
import type { CornerstoneTools } from '../../ports/cornerstone.ts';
import { drawMarker } from './markerDrawing.ts';

/**
 * Registers the tool with the viewer's cornerstone. Clicks and drawings come from `listenForPrompts`; where nothing
 * is drawn, dragging sets window and level as with the viewer's default tool, so that reading goes on.
 */
export function registerPromptTool(
  tools: CornerstoneTools,
  markersIn: (viewportId: string) => readonly Marker[],
  isDrawingIn: (viewportId: string) => boolean,
): void {
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
      const markers = markersIn(enabled.viewportId);
      for (const marker of markers) drawMarker(tools, helper, enabled.viewport, marker);
      return markers.length > 0;
    }
  }
  tools.addTool(PromptTool);
}
