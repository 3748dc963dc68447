import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_SERIES } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { norm, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { DEMO_STRUCTURES } from '../phantom/demoStructures.ts';
import { demoTruth } from '../phantom/demoTruth.ts';
import { dice } from '../phantom/dice.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { DEMO_PATIENT, LESION, LESION_ZOOM, maskAtServer, newestSegmentation } from './demoWork.ts';
import { expectOnScreen } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

/** Enough to say that the mask is of what was clicked: one slice or pixel order wrong gives next to nothing. */
const LEAST_DICE = 0.5;

const folders = prepareFolders([]);
let pageErrors: readonly string[];
let truth: Mask;
let close: () => Promise<void>;
let client: ApiClient;
let viewer: ViewerPage;

beforeAll(async () => {
  // Takes seconds of computing, in which an open connection would time out.
  truth = demoTruth(LESION.name, DEMO_GEOMETRY);
  ({ client, viewer, pageErrors, close } = await startViewer(folders));
}, 300_000);

afterAll(() => close());

describe('the viewer', () => {
  test('lists the demo study on a first start', async () => {
    await viewer.openStudyList(DEMO_PATIENT);
    await viewer.picture('study-list');
  }, 120_000);

  test('opens it in our mode, in three planes, with the model and its licence named', async () => {
    await viewer.openMode(DEMO_PATIENT);
    await viewer.picture('mode');
    const notice = await viewer.page.locator('[data-cy=tomoclick-notice]').innerText();
    expect(notice).toMatch(/^Model .+/);
    expect(notice).toContain('Not for diagnosis');
  }, 180_000);

  test('has the server prepare for a first click where the pointer rests', async () => {
    const toldLps = await viewer.planes.pointAt('axial', LESION.firstClickLps);
    expect(norm(subtract(toldLps, LESION.firstClickLps))).toBeLessThan(2);
  }, 60_000);

  test('shows the mask of one click in all three planes where the server has it', async () => {
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await viewer.planes.click('axial', LESION.firstClickLps);
    await viewer.picture('one-click');
    const mask = await maskAtServer(client);
    expect(dice(mask, truth)).toBeGreaterThan(LEAST_DICE);
    await expectOnScreen(viewer, mask, LESION.firstClickLps);
  }, 180_000);

  test('takes away with a Ctrl click, and gives back with undo', async () => {
    const before = await maskAtServer(client);
    const [shownBefore] = await viewer.panel.volumes();
    const borderLps: Vector3 = [
      LESION.firstClickLps[0],
      LESION.firstClickLps[1] + 12,
      LESION.firstClickLps[2],
    ];
    await viewer.planes.click('axial', borderLps, 'Control');
    await viewer.picture('excluded');
    const excluded = await maskAtServer(client);
    expect(dice(excluded, before)).toBeLessThan(1);
    const [segment] = (await newestSegmentation(client)).segments;
    expect(segment?.prompts.map(({ prompt }) => 'polarity' in prompt && prompt.polarity)).toEqual([
      'include',
      'exclude',
    ]);
    await viewer.panel.press('undo');
    expect(dice(await maskAtServer(client), before)).toBe(1);
    expect(await viewer.panel.volumes()).toEqual([shownBefore]);
  }, 180_000);

  test('saves a SEG that appears among the series', async () => {
    const entries = viewer.page.getByText('Tomoclick segmentation');
    expect(await entries.count()).toBe(0);
    await viewer.panel.press('save');
    await entries.first().waitFor();
    await viewer.picture('saved');
    const { stored } = await newestSegmentation(client);
    const query = `/dicom-web/studies/${DEMO_SERIES.studyInstanceUID}/series?Modality=SEG`;
    const found = (await client.send('GET', query)).json as { '0020000E': { Value: string[] } }[];
    expect(found.map(series => series['0020000E'].Value[0])).toEqual(stored.map(s => s.seriesInstanceUID));
  }, 120_000);

  test('gives the work away as contours and as a NIfTI image', async () => {
    for (const [format, fileName] of [
      ['rtstruct', 'rtstruct.dcm'],
      ['nifti', 'segmentation.nii.gz'],
    ] as const) {
      const download = viewer.page.waitForEvent('download');
      await viewer.page.locator(`[data-cy=tomoclick-export-${format}]`).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(fileName);
      expect(await file.failure()).toBeNull();
    }
    await viewer.picture('exported');
  }, 120_000);

  test('has the stored SEG opened by the reader that the viewer brings', async () => {
    await viewer.browser.openStoredSegmentation('Tomoclick segmentation');
    await viewer.picture('stored-segmentation');
  }, 120_000);

  test('shows the work again after a reload', async () => {
    const mask = await maskAtServer(client);
    await viewer.reload();
    await viewer.picture('reloaded');
    await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
    await expectOnScreen(viewer, mask, LESION.firstClickLps);
  }, 180_000);

  test('keeps a second segment apart from the first', async () => {
    await viewer.panel.press('new');
    const aorta = DEMO_STRUCTURES.find(structure => structure.name === 'aorta')!;
    await viewer.planes.zoomTo(aorta.firstClickLps, LESION_ZOOM);
    await viewer.planes.click('axial', aorta.firstClickLps);
    await viewer.picture('two-segments');
    const { segments } = await newestSegmentation(client);
    expect(segments.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
    expect(await viewer.panel.volumes()).toHaveLength(2);
  }, 120_000);

  test('shows both again when the mode is left and entered anew', async () => {
    await viewer.leaveMode();
    await viewer.openMode(DEMO_PATIENT);
    expect(await viewer.panel.volumes()).toHaveLength(2);
    expect(await viewer.panel.volumes()).not.toContain('–');
  }, 180_000);

  test('asked no other place for anything, and no script failed', () => {
    expect(pageErrors).toEqual([]);
  });
});
