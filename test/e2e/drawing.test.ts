import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { add, type Vector3 } from '../../server/src/domain/affine.ts';
import { countVoxels, type Mask } from '../../server/src/domain/mask.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { demoTruth } from '../phantom/demoTruth.ts';
import { dice } from '../phantom/dice.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { DEMO_PATIENT, LESION, LESION_ZOOM, maskAtServer, newestSegmentation } from './demoWork.ts';
import { expectOnScreen } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

/** Enough to say that the mask is of what was drawn around. */
const LEAST_DICE = 0.5;
/** The lesion is 26 mm wide. */
const RADIUS_MM = 13;

const folders = prepareFolders([]);
let pageErrors: readonly string[];
let truth: Mask;
let close: () => Promise<void>;
let client: ApiClient;
let viewer: ViewerPage;

/** A place of the lesion's axial plane, mm to the left and to the back of its middle. */
function place(left: number, back: number): Vector3 {
  return add(LESION.firstClickLps, [left, back, 0]);
}

async function promptKinds(): Promise<string[]> {
  const [segment] = (await newestSegmentation(client)).segments;
  return segment?.prompts.map(({ prompt }) => prompt.kind) ?? [];
}

beforeAll(async () => {
  truth = demoTruth(LESION.name, DEMO_GEOMETRY);
  ({ client, viewer, pageErrors, close } = await startViewer(folders));
  await viewer.openStudyList(DEMO_PATIENT);
  await viewer.openMode(DEMO_PATIENT);
  await viewer.planes.zoomTo(LESION.firstClickLps, LESION_ZOOM);
}, 300_000);

afterAll(() => close());

describe('drawing in the viewer', () => {
  test('a box drawn in one plane segments what it holds in all three', async () => {
    const windowBefore = await viewer.planes.windowOf('axial');
    await viewer.panel.drawWith('box');
    await viewer.planes.drag('axial', [place(-RADIUS_MM, -RADIUS_MM), place(RADIUS_MM, RADIUS_MM)]);
    await viewer.picture('box');
    const mask = await maskAtServer(client);
    expect(await promptKinds()).toEqual(['box']);
    expect(dice(mask, truth)).toBeGreaterThan(LEAST_DICE);
    await expectOnScreen(viewer, mask, LESION.firstClickLps);
    expect(await viewer.planes.windowOf('axial')).toEqual(windowBefore);
  }, 180_000);

  test('a scribble with Ctrl takes away what it runs through', async () => {
    await viewer.panel.drawWith('scribble');
    await viewer.planes.drag('axial', [place(6, -6), place(7, 0), place(6, 6)], 'Control');
    await viewer.picture('scribble');
    expect(await promptKinds()).toEqual(['box', 'scribble']);
    const [segment] = (await newestSegmentation(client)).segments;
    expect(segment?.prompts.at(-1)?.prompt).toMatchObject({ polarity: 'exclude' });
    await viewer.panel.press('undo');
    expect(await promptKinds()).toEqual(['box']);
  }, 180_000);

  test('a lasso adds what it surrounds to a new segment', async () => {
    await viewer.panel.press('clear');
    await viewer.panel.drawWith('lasso');
    await viewer.planes.drag('axial', [place(-8, 0), place(0, -8), place(8, 0), place(0, 8), place(-7, 2)]);
    await viewer.picture('lasso');
    expect(await promptKinds()).toEqual(['lasso']);
    expect(dice(await maskAtServer(client), truth)).toBeGreaterThan(LEAST_DICE);
  }, 180_000);

  test('a click is a click whatever is drawn with, and dragging sets the window again with clicks', async () => {
    await viewer.panel.press('clear');
    await viewer.planes.click('axial', LESION.firstClickLps);
    expect(await promptKinds()).toEqual(['point']);
    await viewer.panel.drawWith('point');
    const windowBefore = await viewer.planes.windowOf('axial');
    await viewer.planes.drag('axial', [place(-8, 0), place(8, 8)]);
    expect(await viewer.planes.windowOf('axial')).not.toEqual(windowBefore);
    expect(await promptKinds()).toEqual(['point']);
  }, 180_000);

  test('asks for a larger structure at the same place, and goes back', async () => {
    const before = await maskAtServer(client);
    await viewer.panel.press('larger');
    await viewer.picture('larger');
    expect(await promptKinds()).toEqual(['point', 'size']);
    expect(countVoxels(await maskAtServer(client))).toBeGreaterThanOrEqual(countVoxels(before));
    await viewer.panel.press('undo');
    expect(dice(await maskAtServer(client), before)).toBe(1);
  }, 180_000);

  test('nothing failed on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
