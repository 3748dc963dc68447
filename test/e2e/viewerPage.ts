import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageWithCornerstone } from './pageWithCornerstone.ts';
import { PanelOnPage } from './panelOnPage.ts';
import { PLANES, PlanesOnPage } from './planesOnPage.ts';
import { StudyBrowserOnPage } from './studyBrowserOnPage.ts';

const ARTIFACTS = resolve(import.meta.dirname, '../artifacts');

/** The viewer as its reader uses it: from the study list to a study and back. */
export class ViewerPage {
  readonly panel: PanelOnPage;
  readonly planes: PlanesOnPage;
  readonly browser: StudyBrowserOnPage;

  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    this.panel = new PanelOnPage(page);
    const settled = (): Promise<void> => this.panel.waitUntilIdle();
    this.planes = new PlanesOnPage(page, settled);
    this.browser = new StudyBrowserOnPage(page, () => this.waitForImages(), settled);
  }

  async openStudyList(patient: string): Promise<void> {
    await this.page.goto(this.url);
    await this.page.getByText(patient).first().waitFor();
  }

  /** Chooses the study, and our mode, by their names. */
  async openMode(patient: string): Promise<void> {
    await this.page.getByText(patient).first().click();
    await this.page.getByText('Tomoclick', { exact: true }).click();
    await this.waitForImages();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitForImages();
  }

  /** By the arrow at the top left, back to the study list. */
  async leaveMode(): Promise<void> {
    await this.page.locator('[data-cy=return-to-work-list]').first().click();
    await this.page.getByText('Study List').first().waitFor();
  }

  /** Until all three planes are there with every slice loaded, and the session with the server has begun. */
  async waitForImages(): Promise<void> {
    await this.page.locator('[data-cy=tomoclick-panel] [data-cy=tomoclick-segment]').first().waitFor();
    await this.page.waitForFunction(
      planeCount => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        const loads = cornerstone.cache.getVolumes().flatMap(({ loadStatus }) => loadStatus ?? []);
        const areLoaded = loads.length > 0 && loads.every(({ loaded }) => loaded);
        return cornerstone.getEnabledElements().length === planeCount && areLoaded;
      },
      PLANES.length,
      { polling: 200 },
    );
    await this.panel.waitUntilIdle();
  }

  /** Keeps a picture of the page in test/artifacts. */
  async picture(name: string): Promise<void> {
    mkdirSync(ARTIFACTS, { recursive: true });
    await this.page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  }
}
