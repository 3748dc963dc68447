import type { Types } from '@cornerstonejs/core';
import { ClickGesture, type PointerSample } from '../../domain/clickGesture.ts';
import type { Polarity } from '../../domain/promptSession.ts';
import { TOOL_NAME } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';

export interface ViewportPlace {
  readonly viewportId: string;
  readonly pointLps: readonly [number, number, number];
}

export interface ViewportClick extends ViewportPlace {
  /** Where the reader chose it with Ctrl, Alt or ⌘. */
  readonly polarity?: Polarity;
}

/** The pointer has come to rest when it has not moved for so long. */
const REST_MS = 120;

/**
 * Reports clicks into viewports in which the prompt tool is active, and where the pointer rests there. Returns the
 * function that ends it.
 */
export function listenForClicks(
  { core, tools }: Cornerstone,
  onClick: (click: ViewportClick) => void,
  onRest: (place: ViewportPlace) => void,
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

  function placeUnder(event: MouseEvent): ViewportPlace | undefined {
    const enabled = viewportUnder(event);
    if (!enabled) return undefined;
    const { viewport, viewportId } = enabled;
    const bounds = viewport.canvas.getBoundingClientRect();
    const pointLps = viewport.canvasToWorld([event.clientX - bounds.left, event.clientY - bounds.top]);
    return { viewportId, pointLps };
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
  let rest: ReturnType<typeof setTimeout> | undefined;
  listen('pointermove', event => {
    gesture.move(sampleOf(event));
    clearTimeout(rest);
    if (event.buttons > 0) return;
    rest = setTimeout(() => {
      const place = placeUnder(event);
      if (place) onRest(place);
    }, REST_MS);
  });
  listen('pointerup', event => {
    if (event.button !== 0 || !gesture.release(sampleOf(event))) return;
    const place = placeUnder(event);
    if (!place) return;
    const excludes = event.ctrlKey || event.altKey || event.metaKey;
    onClick({ ...place, ...(excludes && { polarity: 'exclude' }) });
  });
  // The viewer would maximise the viewport; while prompting, two quick clicks are no such wish.
  listen('dblclick', event => {
    if (viewportUnder(event)) event.stopPropagation();
  });
  return () => {
    clearTimeout(rest);
    listening.abort();
  };
}

function sampleOf(event: PointerEvent): PointerSample {
  return { x: event.clientX, y: event.clientY, timeMs: event.timeStamp };
}
