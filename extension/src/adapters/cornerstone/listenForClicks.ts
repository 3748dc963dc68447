import type { Types } from '@cornerstonejs/core';
import { ClickGesture, type PointerSample } from '../../domain/clickGesture.ts';
import type { Polarity } from '../../domain/promptSession.ts';
import { TOOL_NAME } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';

export interface ViewportClick {
  readonly viewportId: string;
  readonly pointLps: readonly [number, number, number];
  /** Where the reader chose it with Ctrl, Alt or ⌘. */
  readonly polarity?: Polarity;
}

/** Reports clicks into viewports in which the prompt tool is active. Returns the function that ends it. */
export function listenForClicks(
  { core, tools }: Cornerstone,
  onClick: (click: ViewportClick) => void,
): () => void {
  const gesture = new ClickGesture();
  const listening = new AbortController();

  /** The viewport under the pointer, unless the pointer is on a menu or button above it. */
  function viewportUnder(event: MouseEvent): Types.IEnabledElement | undefined {
    const { target } = event;
    if (!(target instanceof Element) || !target.closest('canvas, svg, .cornerstone-canvas')) return undefined;
    const enabled = core.getEnabledElements().find(({ viewport }) => viewport.element.contains(target));
    if (!enabled) return undefined;
    const { viewportId, renderingEngineId } = enabled;
    const group = tools.ToolGroupManager.getToolGroupForViewport(viewportId, renderingEngineId);
    return group?.getActivePrimaryMouseButtonTool() === TOOL_NAME ? enabled : undefined;
  }

  function listen<Type extends 'pointerdown' | 'pointermove' | 'pointerup' | 'dblclick'>(
    type: Type,
    listener: (event: DocumentEventMap[Type]) => void,
  ): void {
    document.addEventListener(type, listener, { capture: true, signal: listening.signal });
  }

  listen('pointerdown', event => {
    if (event.button === 0 && !event.shiftKey && viewportUnder(event)) gesture.press(sampleOf(event));
  });
  listen('pointermove', event => gesture.move(sampleOf(event)));
  listen('pointerup', event => {
    if (event.button !== 0 || !gesture.release(sampleOf(event))) return;
    const enabled = viewportUnder(event);
    if (!enabled) return;
    const bounds = enabled.viewport.canvas.getBoundingClientRect();
    const pointLps = enabled.viewport.canvasToWorld([
      event.clientX - bounds.left,
      event.clientY - bounds.top,
    ]);
    const excludes = event.ctrlKey || event.altKey || event.metaKey;
    onClick({ viewportId: enabled.viewportId, pointLps, ...(excludes && { polarity: 'exclude' }) });
  });
  // The viewer would maximise the viewport; while prompting, two quick clicks are no such wish.
  listen('dblclick', event => {
    if (viewportUnder(event)) event.stopPropagation();
  });
  return () => listening.abort();
}

function sampleOf(event: PointerEvent): PointerSample {
  return { x: event.clientX, y: event.clientY, timeMs: event.timeStamp };
}
