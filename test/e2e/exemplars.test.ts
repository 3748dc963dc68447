import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { add, applyAffine, norm, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { dice } from '../phantom/dice.ts';
import { DEFAULT_BALLS, smallSeries, type Ball, type SmallSeries } from '../phantom/smallSeries.ts';
import { click, type ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { maskOfSegmentation, newestSegmentation } from './demoWork.ts';
import { tintedCount } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

/** No two patients are alike: the balls of each lie elsewhere. */
const PATIENTS: readonly (readonly [name: string, shiftMm: Vector3])[] = [
  ['Anna', [0, 0, 0]],
  ['Berta', [4, -3, 2]],
  ['Clara', [-4, 2, -4]],
  ['Doris', [3, 4, -2]],
];
const SERIES = PATIENTS.map(([name, shift], n) =>
  smallSeries({
    ...{ seed: n + 1, patientName: `Phantom^${name}` },
    balls: DEFAULT_BALLS.map(ball => ({ ...ball, centreLps: add(ball.centreLps, shift) })),
  }),
);
const EXAMPLES = SERIES.slice(0, 3);
const QUERY = SERIES[3]!;
const QUERY_PATIENT = 'Phantom, Doris';
/** The ball that is meant, and nothing else, is then about the middle of each plane. */
const ZOOM = 1;
const PLANES = ['axial', 'coronal', 'sagittal'] as const;
/** Of the places that are looked at about the middle of a plane. */
const LEAST_TINTED = 200;
/** Nothing was clicked: enough to say that it is this ball, and all of it. */
const LEAST_DICE = 0.8;

const folders = prepareFolders(SERIES.flatMap(({ files }) => files));
let close: () => Promise<void>;
let client: ApiClient;
let viewer: ViewerPage;
let pageErrors: readonly string[];
/** Of the part of the panel for examples. */
const part = (name: string): Locator =>
  viewer.page.locator(`[data-cy=tomoclick-exemplars] [data-cy=tomoclick-${name}]`);

function maskOfBall({ geometry }: SmallSeries, { centreLps, radiusMm }: Ball): Mask {
  const { shapeIjk, ijkToLps } = geometry;
  const [columns, rows, slices] = shapeIjk;
  const voxels = new Uint8Array(columns * rows * slices);
  for (let n = 0; n < voxels.length; n++) {
    const ijk = [n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows))] as const;
    if (norm(subtract(applyAffine(ijkToLps, ijk), centreLps)) < radiusMm) voxels[n] = 1;
  }
  return { shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels };
}

async function segment(series: SmallSeries): Promise<void> {
  const { id } = await client.create(series);
  await client.edit(id, 'prompts', { prompts: [click(series.balls[0]!.centreLps)] });
}

beforeAll(async () => {
  ({ client, viewer, pageErrors, close } = await startViewer(folders, { imports: [folders.imports] }));
  viewer.page.setDefaultTimeout(60_000);
  for (const series of EXAMPLES) await segment(series);
}, 300_000);
afterAll(() => close());

describe('segmenting by examples in the viewer', () => {
  test('three segmentations of other patients, told apart by name and ID, make a set', async () => {
    await viewer.openStudyList(QUERY_PATIENT);
    await viewer.openMode(QUERY_PATIENT);
    await viewer.page.getByText('Examples: segment this like those').click();
    await part('patient').nth(2).waitFor();
    const patients = await part('patient').locator('legend').allInnerTexts();
    expect(patients.sort()).toEqual([
      'Phantom, Anna · TOMOCLICK-PHANTOM-1',
      'Phantom, Berta · TOMOCLICK-PHANTOM-2',
      'Phantom, Clara · TOMOCLICK-PHANTOM-3',
    ]);
    await viewer.picture('examples-offered');
    for (const box of await part('case').locator('input').all()) await box.check();
    await part('chosen').getByText('3 chosen, of 3 patients').waitFor();
    await part('set-title').fill('Balls like these');
    await viewer.picture('examples-chosen');
    await part('make-set').click();
    await part('set').getByText('3 examples of 3 patients').click();
    await part('set').getByText('2. Phantom, Berta').waitFor();
  }, 240_000);

  test('the set is run on the series in view, and what is found is shown where it was found', async () => {
    await part('run-set').click();
    await part('task-run').waitFor();
    await viewer.picture('examples-running');
    await part('task-run').waitFor({ state: 'detached', timeout: 240_000 });
    await viewer.panel.waitUntilIdle();
    expect(await viewer.panel.labels()).toEqual(['Ball']);
    const { id, seriesInstanceUID } = await newestSegmentation(client);
    expect(seriesInstanceUID).toBe(QUERY.seriesInstanceUID);
    const uidOf = (k: number): string => QUERY.sopInstanceUIDs[k]!;
    const mask = await maskOfSegmentation(client, id, QUERY.geometry.shapeIjk, uidOf);
    const [meant, other] = [QUERY.balls[0]!, QUERY.balls[1]!];
    expect(dice(mask, maskOfBall(QUERY, meant))).toBeGreaterThan(LEAST_DICE);
    await viewer.planes.zoomTo(other.centreLps, ZOOM);
    for (const plane of PLANES) expect(await tintedCount(viewer, plane, other.centreLps)).toBe(0);
    await viewer.planes.zoomTo(meant.centreLps, ZOOM);
    for (const plane of PLANES) {
      expect(await tintedCount(viewer, plane, meant.centreLps)).toBeGreaterThan(LEAST_TINTED);
    }
    await viewer.picture('examples-found');
  }, 300_000);

  test('it is corrected by a click and undone to what was found', async () => {
    const [found] = await viewer.panel.volumes();
    await viewer.planes.click('axial', QUERY.balls[1]!.centreLps);
    expect(await viewer.panel.volumes()).not.toEqual([found]);
    await viewer.panel.press('undo');
    expect(await viewer.panel.volumes()).toEqual([found]);
  }, 180_000);

  test('the set is deleted only when that was asked for twice', async () => {
    await part('delete-set').click();
    await viewer.picture('examples-delete');
    await part('delete-anyway').click();
    await part('set').waitFor({ state: 'detached' });
    expect(pageErrors).toEqual([]);
  }, 120_000);
});
