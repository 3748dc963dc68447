import type { Page } from 'playwright-core';
import type { PageWithCornerstone } from './pageWithCornerstone.ts';
import { RENDERING_MS } from './planesOnPage.ts';

/** OHIF's list of the series of a study, and what is opened from it. */
export class StudyBrowserOnPage {
  /** @param shown until the images that were chosen are there */
  constructor(
    private readonly page: Page,
    private readonly shown: () => Promise<void>,
    private readonly settled: () => Promise<void>,
  ) {}

  /** The list of series, up to what is said of all volumes of one alike. */
  async seriesListed(): Promise<string[]> {
    const thumbnails = this.page.locator('[data-cy=study-browser-thumbnail]');
    const texts = await thumbnails.allInnerTexts();
    return texts.map(text => /^.* · /m.exec(text)?.[0].replace(' · ', '') ?? text);
  }

  /** Chooses one of the volumes of a series in the list of series, by what it is called there. */
  async showVolume(label: string): Promise<void> {
    await this.page.locator('[data-cy=study-browser-thumbnail]', { hasText: label }).dblclick();
    await this.page.locator('[data-cy=tomoclick-panel]').getByText(label).waitFor();
    await this.shown();
  }

  /** Shows another volume of the series below the axial plane, in the viewer's own layout of two rows. */
  async showVolumeBelow(label: string): Promise<void> {
    await this.page.locator('[data-cy=Layout]').click();
    await this.page.locator('[data-cy=Layout-0-1]').click();
    const panes = this.page.locator('[data-cy=viewport-pane]');
    await panes.nth(1).waitFor();
    await this.page.locator('[data-cy=study-browser-thumbnail]', { hasText: label }).dragTo(panes.nth(1));
    await this.page.locator('[data-cy=tomoclick-panel]').getByText(label).waitFor();
    await this.settled();
  }

  /** Shows another volume of the series in a viewport that stays as active or inactive as it was. */
  async showIn(viewportId: string, label: string): Promise<void> {
    await this.page.evaluate(
      ([id, volumeLabel]) => {
        const { displaySetService, viewportGridService } = (window as unknown as PageWithCornerstone)
          .services;
        const displaySets = displaySetService.getActiveDisplaySets();
        const found = displaySets.find(displaySet => displaySet.volumeLabel === volumeLabel);
        if (!found) throw new Error(`there is no ${volumeLabel}`);
        const { displaySetInstanceUID } = found;
        viewportGridService.setDisplaySetsForViewports([
          { viewportId: id, displaySetInstanceUIDs: [displaySetInstanceUID] },
        ]);
      },
      [viewportId, label] as const,
    );
    await this.page.waitForTimeout(2 * RENDERING_MS);
    await this.shown();
  }

  /** Loads a SEG of the study browser beside our own labelmaps, until the viewer lists it, too. */
  async openStoredSegmentation(description: string): Promise<void> {
    const before = await this.segmentationCount();
    await this.page.getByText(description).first().dblclick();
    await this.page.getByText('LOAD', { exact: true }).click();
    await this.page.waitForFunction(count => {
      const { services } = window as unknown as PageWithCornerstone;
      return services.segmentationService.getSegmentations().length > count;
    }, before);
    await this.page.waitForTimeout(RENDERING_MS);
  }

  private segmentationCount(): Promise<number> {
    return this.page.evaluate(() => {
      const { services } = window as unknown as PageWithCornerstone;
      return services.segmentationService.getSegmentations().length;
    });
  }
}
