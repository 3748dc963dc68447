import type { Page } from 'playwright-core';
import { RENDERING_MS } from './planesOnPage.ts';

/** Our panel: its buttons, and what it lists. */
export class PanelOnPage {
  constructor(private readonly page: Page) {}

  /** Until everything asked for is done. @throws Error with what the panel says when something failed */
  async waitUntilIdle(): Promise<void> {
    const panel = this.page.locator('[data-cy=tomoclick-status]');
    const end = this.page.locator('[data-cy=tomoclick-status][data-state=idle]');
    const failure = this.page.locator('[data-cy=tomoclick-failure]');
    await end.or(failure).first().waitFor();
    if (await failure.isVisible()) throw new Error(await panel.innerText());
    await this.page.waitForTimeout(RENDERING_MS);
  }

  async press(button: 'undo' | 'redo' | 'clear' | 'save' | 'new' | 'larger' | 'smaller'): Promise<void> {
    await this.page.locator(`[data-cy=tomoclick-${button}]`).click();
    await this.waitUntilIdle();
  }

  /** What dragging draws from now on. */
  async drawWith(kind: 'point' | 'box' | 'scribble' | 'lasso'): Promise<void> {
    await this.page.locator(`[data-cy=tomoclick-draw-${kind}]`).click();
  }

  /** Of all segments, in the order listed. */
  labels(): Promise<string[]> {
    const fields = this.page.locator('[data-cy=tomoclick-segment] .tomoclick-label');
    return fields.evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value));
  }

  volumes(): Promise<string[]> {
    return this.page.locator('[data-cy=tomoclick-volume]').allInnerTexts();
  }
}
