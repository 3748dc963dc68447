import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DicomSegmentationDecoder } from '../../server/src/adapters/dicom/dicomSegmentationDecoder.ts';
import { pointLpsOf } from '../../server/src/domain/volumeGeometry.ts';
import { FOREIGN_SLICE, foreignSegmentation } from '../fixtures/foreignSegmentation.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { BALL, SERIES } from '../server/smallSeriesServer.ts';
import { newestSegmentation } from './demoWork.ts';
import { tintedCount } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Phantom, Small';
const FOREIGN = { seriesInstanceUID: '1.2.3.70', sopInstanceUID: '1.2.3.70.1' };
/** Middle of the square of the segmentation made elsewhere. */
const SQUARE_LPS = pointLpsOf(SERIES.geometry, [24.5, 24.5, FOREIGN_SLICE]);
const LEAST_TINTED = 60;

describe('a segmentation made elsewhere, in the viewer', () => {
  const folders = prepareFolders([...SERIES.files, foreignSegmentation(SERIES, FOREIGN)]);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    const options = { imports: [folders.imports] };
    ({ client, viewer, pageErrors, close } = await startViewer(folders, options));
  }, 300_000);

  afterAll(() => close());

  test('is listed with the series, and opened by the keyboard', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    await viewer.planes.zoomTo(SQUARE_LPS, 1);
    expect(await tintedCount(viewer, 'axial', SQUARE_LPS)).toBe(0);
    const stored = viewer.page.locator('[data-cy=tomoclick-stored]');
    await stored.locator('summary').press('Enter');
    await viewer.picture('stored-list');
    expect(await stored.locator('li').innerText()).toMatch(/Plaque of another program\s+Plaque, Core/);
    await stored.locator('[data-cy=tomoclick-open]').press('Enter');
    await viewer.panel.waitUntilIdle();
    await viewer.picture('stored-opened');
    expect(await viewer.panel.labels()).toEqual(['Plaque', 'Core']);
    expect(await tintedCount(viewer, 'axial', SQUARE_LPS)).toBeGreaterThan(LEAST_TINTED);
    expect((await newestSegmentation(client)).openedFrom).toMatchObject(FOREIGN);
    const caution = viewer.page.locator('[data-cy=tomoclick-caution]');
    expect(await caution.innerText()).toContain('values of at least 127.5 count as in the segment');
    await caution.locator('button').press('Enter');
    expect(await caution.count()).toBe(0);
  }, 180_000);

  test('is corrected by a click, and saved beside the old one with all that it says', async () => {
    const [before] = (await newestSegmentation(client)).segments;
    await viewer.planes.zoomTo(BALL.centreLps, 1);
    await viewer.planes.click('axial', BALL.centreLps);
    await viewer.picture('stored-corrected');
    expect(await tintedCount(viewer, 'axial', BALL.centreLps)).toBeGreaterThan(LEAST_TINTED);
    await viewer.panel.press('save');
    await viewer.page.getByText('Tomoclick segmentation').first().waitFor();
    await viewer.picture('stored-saved');
    const { segments, stored, studyInstanceUID } = await newestSegmentation(client);
    expect(segments[0]?.voxelCount).toBeGreaterThan(before?.voxelCount ?? 0);
    const { seriesInstanceUID, sopInstanceUID } = stored[0]!;
    const path = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    const { bytes } = await client.send('GET', path, undefined, { Accept: 'application/dicom' });
    expect((await new DicomSegmentationDecoder().decode(bytes)).segments).toMatchObject([
      {
        ...{ label: 'Plaque', trackingUID: '2.25.4711' },
        description: {
          trackingID: 'plaque 1',
          codes: { type: { value: '112042', scheme: 'DCM' }, typeModifiers: [{ value: '7771000' }] },
        },
      },
      { label: 'Core', description: { codes: { type: { value: '6574001' } } } },
    ]);
  }, 180_000);

  test('saved work is opened again in its place, unsaved work only after a question', async () => {
    const stored = viewer.page.locator('[data-cy=tomoclick-stored]');
    const saved = stored.locator('li', { hasText: 'Tomoclick segmentation' });
    await saved.locator('[data-cy=tomoclick-open]').click();
    await viewer.panel.waitUntilIdle();
    expect(await viewer.panel.labels()).toEqual(['Plaque', 'Core']);
    await viewer.panel.press('clear');
    await saved.locator('[data-cy=tomoclick-open]').click();
    await viewer.picture('stored-question');
    expect((await viewer.panel.volumes())[0]).toBe('–');
    await viewer.page.locator('[data-cy=tomoclick-open-anyway]').click();
    await viewer.panel.waitUntilIdle();
    expect((await viewer.panel.volumes())[0]).not.toBe('–');
  }, 180_000);

  test('nothing failed on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
