import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enhancedSeries, PHASE_GRID, seriesWithLocalisers } from '../phantom/landmarkSeries.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { maskOfSegmentation, newestSegmentation, storedVoxels } from './demoWork.ts';
import { loadedVoxels } from './labelmapsOnPage.ts';
import { expectOnScreen, tintedCount } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Doe, Jane Mary';
/** Small enough for what is about the landmark to be seen too. */
const ZOOM = 0.8;
const GEOMETRY = { ...PHASE_GRID, frameOfReferenceUID: '' };
const { shapeIjk } = PHASE_GRID;

const WITH_LOCALISERS = seriesWithLocalisers();
const [PHASE_COUNT, SECOND] = [3, 1];
const ENHANCED = enhancedSeries(PHASE_COUNT, SECOND);

describe('series of several volumes in the viewer', () => {
  const folders = prepareFolders([...WITH_LOCALISERS.files, ...ENHANCED.files]);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    const options = { imports: [folders.imports] };
    ({ client, viewer, pageErrors, close } = await startViewer(folders, options));
  }, 300_000);

  afterAll(() => close());

  test('have the stack beside localisers segmented, and it alone', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    expect(await viewer.browser.seriesListed()).toEqual([
      'axial',
      'localiser, coronal',
      ...[1, 2, 3].map(phase => `phase ${phase} of 3`),
    ]);
    await viewer.browser.showVolume('axial');
    await viewer.planes.zoomTo(WITH_LOCALISERS.landmarkLps, ZOOM);
    await viewer.planes.click('axial', WITH_LOCALISERS.landmarkLps);
    await viewer.picture('beside-localisers');
    const { id, seriesInstanceUID } = await newestSegmentation(client);
    expect(seriesInstanceUID).toBe(WITH_LOCALISERS.series.seriesInstanceUID);
    const mask = await maskOfSegmentation(client, id, shapeIjk, k => `${seriesInstanceUID}.2.${k}`);
    await expectOnScreen(viewer, mask, WITH_LOCALISERS.landmarkLps, GEOMETRY);
    await viewer.browser.showVolume('localiser, coronal');
    await viewer.picture('localiser');
    expect(await viewer.panel.volumes()).toEqual(['–']);
    expect(await tintedCount(viewer, 'coronal', WITH_LOCALISERS.landmarkLps)).toBe(0);
  }, 300_000);

  test('have a phase segmented whose frames lie between those of others in one Enhanced object', async () => {
    await viewer.browser.showVolume('phase 2 of 3');
    await viewer.planes.zoomTo(ENHANCED.landmarkLps, ZOOM);
    await viewer.picture('enhanced-phase-before');
    await viewer.planes.click('axial', ENHANCED.landmarkLps);
    await viewer.picture('enhanced-phase');
    const { id } = await newestSegmentation(client);
    const mask = await maskOfSegmentation(
      client,
      id,
      shapeIjk,
      () => ENHANCED.series.image!.sopInstanceUID,
      k => PHASE_COUNT * (shapeIjk[2] - 1 - k) + SECOND + 1,
    );
    await expectOnScreen(viewer, mask, ENHANCED.landmarkLps, GEOMETRY);
    await viewer.browser.showVolume('phase 3 of 3');
    expect(await viewer.panel.volumes()).toEqual(['–']);
    expect(await tintedCount(viewer, 'axial', ENHANCED.landmarkLps)).toBe(0);
  }, 300_000);

  test('have what is saved of such a phase listed with it alone, and opened there', async () => {
    await viewer.browser.showVolume('phase 2 of 3');
    await viewer.panel.press('save');
    await viewer.page.getByText('Tomoclick segmentation').first().waitFor();
    const stored = viewer.page.locator('[data-cy=tomoclick-stored]');
    expect(await stored.locator('li').count()).toBe(1);
    await viewer.browser.showVolume('phase 3 of 3');
    expect(await stored.count()).toBe(0);
    await viewer.browser.showVolume('phase 2 of 3');
    await viewer.browser.openStoredSegmentation('Tomoclick segmentation');
    await viewer.picture('enhanced-phase-loaded');
    const { id } = await newestSegmentation(client);
    expect(await loadedVoxels(viewer.page)).toEqual(await storedVoxels(client, id));
  }, 300_000);

  test('nothing failed on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
