import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DEMO_SERIES } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { demoStudyInstances } from '../../server/src/adapters/demoStudy/demoStudyInstances.ts';
import { findOrthanc, startOrthanc, type RunningOrthanc } from '../orthanc/startOrthanc.ts';
import { ApiClient } from '../server/apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from '../server/runningServer.ts';
import { launchChromium } from './chromium.ts';
import { DEMO_PATIENT, LESION, LESION_ZOOM, maskAtServer, newestSegmentation } from './demoWork.ts';
import { expectOnScreen } from './maskOnScreen.ts';
import type { ViewerPage } from './viewerPage.ts';
import { openWatchedPage } from './watchedPage.ts';

if (!findOrthanc()) console.log('SKIPPED: the viewer on Orthanc: Orthanc with DICOMweb is not installed');
const describeWithOrthanc = findOrthanc() ? describe : describe.skip;

describeWithOrthanc('the viewer on Orthanc', () => {
  const folders = prepareFolders([]);
  let orthanc: RunningOrthanc;
  let server: RunningServer;
  let browser: Browser;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    for await (const part10 of demoStudyInstances(() => undefined, new AbortController().signal)) {
      const reply = await fetch(`${orthanc.restUrl}/instances`, {
        method: 'POST',
        body: Buffer.from(part10),
      });
      if (!reply.ok) throw new Error(`Orthanc refused a slice of the demo study: ${reply.status}`);
    }
    const environment = { TOMOCLICK_ARCHIVE_URL: orthanc.archiveUrl };
    server = await startServer(folders.home, { isBundled: true, environment });
    browser = await launchChromium();
    client = new ApiClient(server.url);
    ({ viewer, pageErrors } = await openWatchedPage(browser, server.url));
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGTERM');
    await orthanc?.stop();
    folders.remove();
  });

  test('shows a study of the PACS, and the mask of one click in all three planes', async () => {
    await viewer.openStudyList(DEMO_PATIENT);
    await viewer.openMode(DEMO_PATIENT);
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await viewer.planes.click('axial', LESION.firstClickLps);
    await viewer.picture('orthanc-one-click');
    await expectOnScreen(viewer, await maskAtServer(client), LESION.firstClickLps);
  }, 300_000);

  test('saves the SEG into the PACS, where anyone finds it', async () => {
    await viewer.panel.press('save');
    await viewer.page.getByText('Tomoclick segmentation').first().waitFor();
    const query = `${orthanc.archiveUrl}/studies/${DEMO_SERIES.studyInstanceUID}/series?Modality=SEG`;
    const reply = await fetch(query, { headers: { Accept: 'application/dicom+json' } });
    const found = (await reply.json()) as { '0020000E': { Value: string[] } }[];
    const { stored } = await newestSegmentation(client);
    expect(stored).toHaveLength(1);
    expect(found.map(series => series['0020000E'].Value[0])).toEqual([stored[0]?.seriesInstanceUID]);
  }, 120_000);

  test('shows the work again after the server was killed and the page reloaded', async () => {
    const mask = await maskAtServer(client);
    const port = new URL(server.url).port;
    await server.end('SIGKILL');
    const environment = { TOMOCLICK_ARCHIVE_URL: orthanc.archiveUrl, TOMOCLICK_PORT: port };
    server = await startServer(folders.home, { isBundled: true, environment });
    await viewer.reload();
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await expectOnScreen(viewer, mask, LESION.firstClickLps);
  }, 300_000);

  test('asked no other place for anything, and no script failed', () => {
    expect(pageErrors).toEqual([]);
  });
});
