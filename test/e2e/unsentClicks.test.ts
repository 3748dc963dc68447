import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prepareFolders } from '../server/runningServer.ts';
import { DEMO_PATIENT, LESION, LESION_ZOOM, newestSegmentation } from './demoWork.ts';
import { startViewer, type StartedViewer } from './startedViewer.ts';

const PROMPTS = '**/api/v1/segmentations/*/segments/*/prompts';
/** What is told would be below its end. */
const LOW_WINDOW_PIXELS = 480;
const CLOSED = '1 click was not sent';

describe('a page that is closed before its clicks have reached the server', () => {
  const folders = prepareFolders([]);
  let started: StartedViewer;
  const asked: string[] = [];

  beforeAll(async () => {
    started = await startViewer(folders);
    const { page } = started.viewer;
    page.on('dialog', dialog => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await started.viewer.openStudyList(DEMO_PATIENT);
    await started.viewer.openMode(DEMO_PATIENT);
  }, 300_000);

  afterAll(() => started.close());

  test('asks the reader, and offers the clicks when the series is shown again', async () => {
    const { viewer, client } = started;
    const { page } = viewer;
    await page.route(PROMPTS, route => route.abort());
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await expect(viewer.planes.click('axial', LESION.firstClickLps)).rejects.toThrow('does not answer');
    await page.unroute(PROMPTS);
    await page.reload();
    expect(asked).toEqual(['beforeunload']);
    await page.getByText(CLOSED).waitFor();
    await viewer.picture('clicks-offered');
    const whole = page.viewportSize()!;
    await page.setViewportSize({ ...whole, height: LOW_WINDOW_PIXELS });
    const card = (await page.locator('[data-cy=tomoclick-failure]').boundingBox())!;
    expect(card.y + card.height).toBeLessThanOrEqual(LOW_WINDOW_PIXELS);
    await viewer.picture('clicks-offered-low');
    await page.setViewportSize(whole);
    expect((await newestSegmentation(client)).segments[0]?.prompts).toEqual([]);
    await page.locator('[data-cy=tomoclick-retry]').click();
    await viewer.panel.waitUntilIdle();
    expect((await newestSegmentation(client)).segments[0]?.prompts).toHaveLength(1);
    expect(await viewer.panel.volumes()).not.toContain('–');
  }, 180_000);

  test('asks nothing once all is answered', async () => {
    const { viewer } = started;
    await viewer.reload();
    expect(asked).toEqual(['beforeunload']);
    expect(await viewer.page.getByText(CLOSED).count()).toBe(0);
    expect(await viewer.panel.volumes()).toHaveLength(1);
  }, 180_000);
});
