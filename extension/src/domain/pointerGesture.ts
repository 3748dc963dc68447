/** Further apart, pressing and releasing were a drag (drawing, or window and level), not a click. */
const CLICK_TOLERANCE_PIXELS = 4;
/** The second half of a double-click is not a second prompt. */
const DOUBLE_CLICK_MS = 350;

export interface PointerSample {
  readonly x: number;
  readonly y: number;
  readonly timeMs: number;
  /** Of the mouse, or of a finger. */
  readonly pointerId: number;
}

/** How pressing the button ended; a drag with all places passed, in order. */
export type PointerOutcome =
  | { readonly kind: 'click' }
  | { readonly kind: 'drag'; readonly path: readonly PointerSample[] }
  | { readonly kind: 'nothing' };

/**
 * Tells clicks from drags and from double-clicks, however long the button was held. Cornerstone's own click
 * waits 400 ms for a possible second one and drops presses longer than 600 ms.
 */
export class PointerGesture {
  private path: PointerSample[] = [];
  private isDrag = false;
  private lastClick: PointerSample | null = null;

  /** A second finger zooms: then neither of them draws. */
  press(sample: PointerSample): void {
    const [pressed] = this.path;
    this.path = pressed && pressed.pointerId !== sample.pointerId ? [] : [sample];
    this.isDrag = false;
  }

  /** @returns the path of the drag under way */
  move(sample: PointerSample): readonly PointerSample[] | undefined {
    const [pressed] = this.path;
    if (pressed?.pointerId !== sample.pointerId) return undefined;
    this.path.push(sample);
    this.isDrag ||= !isNear(pressed, sample);
    return this.isDrag ? this.path : undefined;
  }

  release(sample: PointerSample): PointerOutcome {
    const { path, lastClick } = this;
    const [pressed] = path;
    if (pressed?.pointerId !== sample.pointerId) return { kind: 'nothing' };
    this.path = [];
    if (this.isDrag || !isNear(pressed, sample)) return { kind: 'drag', path: [...path, sample] };
    const isSecond =
      lastClick !== null && isNear(lastClick, sample) && sample.timeMs - lastClick.timeMs < DOUBLE_CLICK_MS;
    this.lastClick = isSecond ? null : sample;
    return { kind: isSecond ? 'nothing' : 'click' };
  }

  /**
   * The pointer was taken away by the system, or does something else; absent: whichever it is, by Escape.
   * @returns whether it was the one that is pressed
   */
  cancel(pointerId?: number): boolean {
    const [pressed] = this.path;
    if (!pressed || (pointerId !== undefined && pressed.pointerId !== pointerId)) return false;
    this.path = [];
    return true;
  }
}

function isNear(a: PointerSample, b: PointerSample): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) <= CLICK_TOLERANCE_PIXELS;
}
