import type { Types } from '@cornerstonejs/core';
import type { Types as ToolTypes } from '@cornerstonejs/tools';
import type { Marker } from '../../domain/marker.ts';
import { TOOL_NAME } from '../../id.ts';
import type { CornerstoneTools } from '../../ports/cornerstone.ts';
import { drawMarker, markerPlacement } from './markerDrawing.ts';

/**
 * Registers the tool with the viewer's cornerstone. Clicks come from `listenForClicks`; dragging sets window and
 * level as with the viewer's default tool, so that reading goes on while segmenting.
 */
export function registerPromptTool(
  tools: CornerstoneTools,
  markersIn: (viewportId: string) => readonly Marker[],
): void {
  class PromptTool extends tools.WindowLevelTool {
    static override toolName = TOOL_NAME;

    /** Called by cornerstone for every viewport of the tool group, whichever tool is active. */
    renderAnnotation(enabled: Types.IEnabledElement, helper: ToolTypes.SVGDrawingHelper): boolean {
      const markers = markersIn(enabled.viewportId);
      for (const marker of markers) {
        const placement = markerPlacement(enabled.viewport, marker);
        if (placement) drawMarker(tools, helper, marker, placement);
      }
      return markers.length > 0;
    }
  }
  tools.addTool(PromptTool);
}
