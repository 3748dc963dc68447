import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DicomSegmentationDecoder } from '../../server/src/adapters/dicom/dicomSegmentationDecoder.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { BALL, OTHER_BALL, SERIES } from '../server/smallSeriesServer.ts';
import { newestSegmentation } from './demoWork.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Phantom, Small';

describe('the name of a segment in the viewer', () => {
  const folders = prepareFolders(SERIES.files);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    const options = { imports: [folders.imports] };
    ({ client, viewer, pageErrors, close } = await startViewer(folders, options));
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
  }, 300_000);

  afterAll(() => close());

  test('is chosen among coded terms by the keyboard alone', async () => {
    const field = viewer.page.locator('.tomoclick-label').first();
    await field.focus();
    await viewer.page.keyboard.type('kidn');
    const options = viewer.page.locator('[data-cy=tomoclick-term]');
    await options.filter({ hasText: /^Left kidney/ }).waitFor();
    await viewer.page.keyboard.press('ArrowDown');
    await viewer.page.keyboard.press('ArrowDown');
    await viewer.picture('terms');
    const chosen = await field.getAttribute('aria-activedescendant');
    expect(await viewer.page.locator(`[id="${chosen}"]`).innerText()).toMatch(/^Left kidney/);
    await viewer.page.keyboard.press('Enter');
    expect(await viewer.panel.labels()).toEqual(['Left kidney']);
    expect(await options.count()).toBe(0);
    await viewer.planes.click('axial', BALL.centreLps);
  }, 120_000);

  test('gives the keys back to the viewer, and is chosen with the mouse as well', async () => {
    await viewer.page.keyboard.press('n');
    expect(await viewer.panel.labels()).toHaveLength(2);
    await viewer.planes.click('axial', OTHER_BALL.centreLps);
    const field = viewer.page.locator('.tomoclick-label').last();
    await field.click();
    await viewer.page.keyboard.type('gallb');
    await viewer.picture('terms-low');
    await viewer.page.locator('[data-cy=tomoclick-term]').first().click();
    await viewer.panel.waitUntilIdle();
    expect(await viewer.panel.labels()).toEqual(['Left kidney', 'Gallbladder']);
  }, 120_000);

  test('is any name, where none of the terms is chosen, and the old one after Escape', async () => {
    await viewer.panel.press('new');
    const field = viewer.page.locator('.tomoclick-label').last();
    await field.click();
    await viewer.page.keyboard.type('liver');
    await viewer.page.locator('[data-cy=tomoclick-term]').first().waitFor();
    await viewer.page.keyboard.press('Escape');
    expect((await viewer.panel.labels())[2]).toBe('Segment 1');
    await field.click();
    await viewer.page.keyboard.type('My liver');
    await viewer.page.keyboard.press('Enter');
    expect((await viewer.panel.labels())[2]).toBe('My liver');
  }, 120_000);

  test('is coded in the SEG that is saved', async () => {
    await viewer.panel.press('save');
    const { stored, studyInstanceUID } = await newestSegmentation(client);
    const { seriesInstanceUID, sopInstanceUID } = stored[0]!;
    const path = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    const { bytes } = await client.send('GET', path, undefined, { Accept: 'application/dicom' });
    expect((await new DicomSegmentationDecoder().decode(bytes)).segments).toMatchObject([
      {
        label: 'Left kidney',
        description: { codes: { type: { value: '64033007' }, typeModifiers: [{ value: '7771000' }] } },
      },
      { label: 'Gallbladder', description: { codes: { type: { value: '28231008' } } } },
    ]);
    expect(pageErrors).toEqual([]);
  }, 120_000);
});
