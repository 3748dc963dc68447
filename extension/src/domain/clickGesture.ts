/** Further apart, pressing and releasing were a drag (window, level), not a click. */
const CLICK_TOLERANCE_PIXELS = 4;
/** The second half of a double-click is not a second prompt. */
const DOUBLE_CLICK_MS = 350;

export interface PointerSample {
  readonly x: number;
  readonly y: number;
  readonly timeMs: number;
}

/**
 * Tells clicks from drags and from double-clicks, however long the button was held. Cornerstone's own click
 * waits 400 ms for a possible second one and drops presses longer than 600 ms.
 */
export class ClickGesture {
  private pressed: PointerSample | null = null;
  private lastClick: PointerSample | null = null;

  press(sample: PointerSample): void {
    this.pressed = sample;
  }

  move(sample: PointerSample): void {
    if (this.pressed && !isNear(this.pressed, sample)) this.pressed = null;
  }

  /** @returns true when this release ends a click */
  release(sample: PointerSample): boolean {
    const { pressed, lastClick } = this;
    this.pressed = null;
    if (!pressed || !isNear(pressed, sample)) return false;
    const isSecond =
      lastClick !== null && isNear(lastClick, sample) && sample.timeMs - lastClick.timeMs < DOUBLE_CLICK_MS;
    this.lastClick = isSecond ? null : sample;
    return !isSecond;
  }
}

function isNear(a: PointerSample, b: PointerSample): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) <= CLICK_TOLERANCE_PIXELS;
}
