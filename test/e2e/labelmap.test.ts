import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { DEMO_PATIENT, LESION, LESION_ZOOM, newestSegmentation, storedVoxels } from './demoWork.ts';
import { loadedVoxels } from './labelmapsOnPage.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

describe('an archive that prefers LABELMAP', () => {
  const folders = prepareFolders([]);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let client: ApiClient;

  beforeAll(async () => {
    const environment = { TOMOCLICK_SEG_TYPE: 'LABELMAP' };
    ({ client, viewer, close } = await startViewer(folders, { environment }));
  }, 300_000);

  afterAll(() => close());

  test('gets one, which the reader that the viewer brings puts where the mask is', async () => {
    await viewer.openStudyList(DEMO_PATIENT);
    await viewer.openMode(DEMO_PATIENT);
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await viewer.planes.click('axial', LESION.firstClickLps);
    await viewer.panel.press('save');
    const { id, studyInstanceUID, stored } = await newestSegmentation(client);
    const query = `/dicom-web/studies/${studyInstanceUID}/instances?SeriesInstanceUID=${stored[0]?.seriesInstanceUID}`;
    const [instance] = (await client.send('GET', query)).json as { '00080016': { Value: string[] } }[];
    expect(instance?.['00080016'].Value).toEqual(['1.2.840.10008.5.1.4.1.1.66.7']);

    await viewer.page.getByText('Tomoclick segmentation').first().waitFor();
    await viewer.browser.openStoredSegmentation('Tomoclick segmentation');
    await viewer.picture('stored-labelmap');
    expect(await loadedVoxels(viewer.page)).toEqual(await storedVoxels(client, id));
  }, 400_000);
});
