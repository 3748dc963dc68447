import type { Types } from '@cornerstonejs/core';
import { promptDrawn, type DrawnKind, type DrawnPrompt } from '../../domain/drawnPrompt.ts';
import { PointerGesture, type PointerSample } from '../../domain/pointerGesture.ts';
import type { Polarity } from '../../domain/promptSession.ts';
import { TOOL_NAME } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import { holdPlane, type HeldPlane } from './heldPlane.ts';

export interface ViewportPlace {
  readonly viewportId: string;
  readonly pointLps: readonly [number, number, number];
}

export interface ViewportClick extends ViewportPlace {
  /** Where the reader chose it with Ctrl, Alt or ⌘. */
  readonly polarity?: Polarity;
}

export interface ViewportDrawing {
  readonly viewportId: string;
  readonly drawn: DrawnPrompt;
}

export interface PromptListener {
  /** What dragging in a viewport draws; nothing where it sets window and level. */
  drawingIn(viewportId: string): DrawnKind | undefined;
  onClick(click: ViewportClick): void;
  onRest(place: ViewportPlace): void;
  /** While the reader draws; undefined when that ended. */
  onDraft(drawing: ViewportDrawing | undefined): void;
  onDrawn(drawing: ViewportDrawing): void;
}

/** The pointer has come to rest when it has not moved for so long. */
const REST_MS = 120;

/**
 * Reports clicks into viewports in which the prompt tool is active, what is drawn there, and where the pointer rests.
 * Returns the function that ends it.
 */
export function listenForPrompts(cornerstone: Cornerstone, listener: PromptListener): () => void {
  const { core, tools } = cornerstone;
  const gesture = new PointerGesture();
  const listening = new AbortController();
  /** Where the button was pressed, or a finger, and how: a stroke that leaves the viewport is still its own. */
  let pressed: { readonly plane: HeldPlane; readonly event: PointerEvent } | undefined;

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

  function placeOf(plane: HeldPlane, event: PointerEvent): ViewportPlace {
    return { viewportId: plane.viewportId, pointLps: plane.lpsOf(plane.canvasPlace(sampleOf(event))) };
  }

  function drawingOf(path: readonly PointerSample[], event: MouseEvent): ViewportDrawing | undefined {
    if (!pressed) return undefined;
    const { plane } = pressed;
    const { viewportId, normalLps } = plane;
    const kind = listener.drawingIn(viewportId);
    if (!kind || !normalLps) return undefined;
    const drawn = promptDrawn(
      kind,
      path.map(sample => plane.canvasPlace(sample)),
      place => plane.lpsOf(place),
      normalLps,
      excludes(event) || excludes(pressed.event) ? 'exclude' : undefined,
    );
    return drawn && { viewportId, drawn };
  }

  function listen<Type extends keyof DocumentEventMap>(
    type: Type,
    onEvent: (event: DocumentEventMap[Type]) => void,
  ): void {
    document.addEventListener(type, onEvent, { capture: true, signal: listening.signal });
  }

  function cancel(pointerId?: number): void {
    if (gesture.cancel(pointerId)) listener.onDraft(undefined);
  }

  listen('pointerdown', event => {
    const enabled = event.button === 0 && !event.shiftKey ? viewportUnder(event) : undefined;
    if (!enabled) {
      // Whatever it began here is over; another pointer, as the edge of a hand on the panel, ends nothing.
      cancel(event.pointerId);
      return;
    }
    pressed = { plane: holdPlane(cornerstone, enabled), event };
    // With a second finger the stroke of the first ends, undrawn.
    listener.onDraft(undefined);
    gesture.press(sampleOf(event));
  });
  let rest: ReturnType<typeof setTimeout> | undefined;
  listen('pointermove', event => {
    const path = gesture.move(sampleOf(event));
    if (path) listener.onDraft(drawingOf(path, event));
    clearTimeout(rest);
    if (event.buttons > 0) return;
    rest = setTimeout(() => {
      const enabled = viewportUnder(event);
      if (enabled) listener.onRest(placeOf(holdPlane(cornerstone, enabled), event));
    }, REST_MS);
  });
  listen('pointerup', event => {
    if (event.button !== 0) return;
    const outcome = gesture.release(sampleOf(event));
    if (outcome.kind === 'drag') {
      const drawing = drawingOf(outcome.path, event);
      listener.onDraft(undefined);
      if (drawing) listener.onDrawn(drawing);
    }
    if (outcome.kind === 'click' && pressed) {
      const isExclude = excludes(event) || excludes(pressed.event);
      const place = placeOf(pressed.plane, pressed.event);
      listener.onClick({ ...place, ...(isExclude && { polarity: 'exclude' }) });
    }
  });
  listen('pointercancel', event => cancel(event.pointerId));
  listen('keydown', event => {
    if (event.key === 'Escape') cancel();
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

function excludes(event: MouseEvent): boolean {
  return event.ctrlKey || event.altKey || event.metaKey;
}

function sampleOf(event: PointerEvent): PointerSample {
  return { x: event.clientX, y: event.clientY, timeMs: event.timeStamp, pointerId: event.pointerId };
}
