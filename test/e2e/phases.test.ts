import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { segmentationListSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { PHASE_GRID, phaseSeries, type LandmarkSeries } from '../phantom/landmarkSeries.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { maskOfSegmentation, storedVoxels } from './demoWork.ts';
import { labelmapsShown, loadedVoxels } from './labelmapsOnPage.ts';
import { expectOnScreen, tintedCount } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Doe, Jane Mary';
/** Small enough for what is about the landmark to be seen too. */
const ZOOM = 0.8;

const [FIRST, SECOND, THIRD] = [0, 1, 2].map(phaseSeries) as [LandmarkSeries, LandmarkSeries, LandmarkSeries];
const { seriesInstanceUID } = FIRST.series;
const GEOMETRY = { ...PHASE_GRID, frameOfReferenceUID: '' };

describe('a series of three phases in the viewer', () => {
  const folders = prepareFolders(FIRST.files);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    const options = { imports: [folders.imports] };
    ({ client, viewer, pageErrors, close } = await startViewer(folders, options));
  }, 300_000);

  afterAll(() => close());

  /** Oldest first. */
  async function segmentations(): Promise<SegmentationContract[]> {
    const reply = await client.send('GET', '/api/v1/segmentations');
    return segmentationListSchema.parse(reply.json).segmentations.reverse();
  }

  function maskOn(phase: number, { id }: SegmentationContract): Promise<Mask> {
    const sopInstanceUIDOf = (k: number): string => `${seriesInstanceUID}.${phase}.${k}`;
    return maskOfSegmentation(client, id, PHASE_GRID.shapeIjk, sopInstanceUIDOf);
  }

  test('is segmented in the phase that the reader looks at', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    await viewer.planes.zoomTo(FIRST.landmarkLps, ZOOM);
    await viewer.picture('phase-1-before');
    await viewer.planes.click('axial', FIRST.landmarkLps);
    await viewer.picture('phase-1');
    const [first] = await segmentations();
    await expectOnScreen(viewer, await maskOn(1, first!), FIRST.landmarkLps, GEOMETRY);
  }, 300_000);

  test('shows no mask of another phase, and takes clicks on it apart', async () => {
    await viewer.browser.showVolume('phase 3 of 3');
    await viewer.picture('phase-3-before');
    expect(await viewer.panel.volumes()).toEqual(['–']);
    expect(await tintedCount(viewer, 'axial', FIRST.landmarkLps)).toBe(0);
    await viewer.planes.zoomTo(THIRD.landmarkLps, ZOOM);
    await viewer.planes.click('axial', THIRD.landmarkLps);
    await viewer.picture('phase-3');
    const [first, third] = await segmentations();
    expect(first?.segments[0]?.prompts).toHaveLength(1);
    await expectOnScreen(viewer, await maskOn(3, third!), THIRD.landmarkLps, GEOMETRY);
  }, 300_000);

  test('shows the first mask again when the reader goes back, also after a reload', async () => {
    await viewer.browser.showVolume('phase 1 of 3');
    await viewer.planes.zoomTo(FIRST.landmarkLps, ZOOM);
    const [first, third] = await segmentations();
    const mask = await maskOn(1, first!);
    await expectOnScreen(viewer, mask, FIRST.landmarkLps, GEOMETRY);
    await viewer.reload();
    await viewer.planes.zoomTo(FIRST.landmarkLps, ZOOM);
    await expectOnScreen(viewer, mask, FIRST.landmarkLps, GEOMETRY);
    await viewer.browser.showVolume('phase 3 of 3');
    await viewer.planes.zoomTo(THIRD.landmarkLps, ZOOM);
    await expectOnScreen(viewer, await maskOn(3, third!), THIRD.landmarkLps, GEOMETRY);
    expect(await segmentations()).toHaveLength(2);
  }, 300_000);

  test('lists what is saved of a phase with that phase alone, and opens it there', async () => {
    await viewer.browser.showVolume('phase 3 of 3');
    await viewer.panel.press('save');
    await viewer.page.getByText('Tomoclick segmentation').first().waitFor();
    const stored = viewer.page.locator('[data-cy=tomoclick-stored]');
    await stored.locator('summary').click();
    expect(await stored.locator('li').count()).toBe(1);
    await viewer.panel.press('clear');
    await stored.locator('[data-cy=tomoclick-open]').click();
    await viewer.page.locator('[data-cy=tomoclick-open-anyway]').click();
    await viewer.panel.waitUntilIdle();
    await viewer.planes.zoomTo(THIRD.landmarkLps, ZOOM);
    await viewer.picture('phase-3-opened');
    const opened = (await segmentations()).at(-1)!;
    await expectOnScreen(viewer, await maskOn(3, opened), THIRD.landmarkLps, GEOMETRY);
    await viewer.browser.showVolume('phase 1 of 3');
    await viewer.picture('phase-1-stored');
    expect(await stored.count()).toBe(0);
  }, 300_000);

  test("is saved so that the viewer's own reader lays it over its phase, after a reload, too", async () => {
    const saved = await storedVoxels(client, (await segmentations()).at(-1)!.id);
    await viewer.browser.openStoredSegmentation('Tomoclick segmentation');
    await viewer.picture('phase-3-loaded');
    expect(await loadedVoxels(viewer.page)).toEqual(saved);
    await viewer.reload();
    await viewer.browser.openStoredSegmentation('Tomoclick segmentation');
    expect(await loadedVoxels(viewer.page)).toEqual(saved);
  }, 300_000);

  test('is shown beside another phase, each with its own masks alone', async () => {
    await viewer.reload();
    await viewer.browser.showVolumeBelow('phase 3 of 3');
    await viewer.picture('phases-side-by-side');
    const [above, below, ...others] = await labelmapsShown(viewer.page);
    expect({ above, below, others }).toMatchObject({ above: [expect.any(String)], others: [] });
    expect(below).toHaveLength(1);
    expect(below).not.toEqual(above);
  }, 300_000);

  test('is segmented by a finger in a plane that was not the active one before', async () => {
    await viewer.reload();
    await viewer.browser.showIn('tomoclick-coronal', 'phase 2 of 3');
    const series = viewer.page.locator('.tomoclick-series');
    expect(await series.innerText()).toContain('phase 1 of 3');
    await viewer.planes.tap('coronal', SECOND.landmarkLps);
    await series.filter({ hasText: 'phase 2 of 3' }).waitFor();
    // A volume that begins is idle before its first click is under way.
    await viewer.page.locator('[data-cy=tomoclick-volume]', { hasText: /\d/ }).first().waitFor();
    await viewer.panel.waitUntilIdle();
    await viewer.picture('phase-2-tapped');
    const tapped = (await segmentations()).at(-1)!;
    expect(tapped.image!.sopInstanceUID).toMatch(`${seriesInstanceUID}.2.`);
    expect(tapped.segments[0]!.prompts).toHaveLength(1);
    expect(await viewer.panel.volumes()).not.toContain('–');
  }, 300_000);

  test('nothing failed on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
