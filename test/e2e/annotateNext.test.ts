import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { tinyPackage, writeAdaptableModel } from '../../server/src/adapters/onnx/fixtures/tinyTask.ts';
import { segmentationListSchema } from '../../server/src/contract/segmentation.ts';
import { smallSeries, type Ball, type SmallSeries } from '../phantom/smallSeries.ts';
import { click, type ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const MODEL = 'tiny-adaptable';
/** Bright is what the tiny task looks for: as bright as can be, less so, and hardly brighter than the noise. */
const PATIENTS: readonly (readonly [name: string, hu: number])[] = [
  ['Anna', 400],
  ['Berta', 44],
  ['Clara', 200],
];
/** The list is drawn anew. */
const SETTLING_MS = 3000;
const HARDEST = 'Phantom, Berta';
const SERIES = PATIENTS.map(([name, hu], n): SmallSeries => {
  const ball: Ball = { centreLps: [12, -34, 156], radiusMm: 8, hu };
  return smallSeries({
    ...{ seed: n + 1, patientName: `Phantom^${name}`, balls: [ball], shapeIjk: [40, 32, 24] },
  });
});

const folders = prepareFolders(SERIES.flatMap(({ files }) => files));
const zoo = join(folders.imports, '../zoo');
/** Of the ranking after the save. */
let firstAgain: string | undefined;
let close: () => Promise<void>;
let client: ApiClient;
let viewer: ViewerPage;
let pageErrors: readonly string[];
/** Of the part of the panel for what to annotate. */
const part = (name: string): Locator =>
  viewer.page.locator(`[data-cy=tomoclick-annotate-next] [data-cy=tomoclick-${name}]`);
/** Of the study list. */
const columnHeading = (): Locator =>
  viewer.page.getByRole('columnheader').filter({ hasText: 'Annotate next' });
const openPart = (): Promise<void> =>
  viewer.page.locator('[data-cy=tomoclick-annotate-next] > summary').click();

beforeAll(async () => {
  const folder = join(zoo, 'tasks', 'balls');
  mkdirSync(folder, { recursive: true });
  // The tiny model cannot be clicked with: it comes after the real one, which is then the default.
  cpSync(resolve(import.meta.dirname, '../../models/zoo/sam3d-tiny'), join(zoo, 'sam3d-tiny'), {
    recursive: true,
  });
  await writeAdaptableModel(zoo, MODEL);
  const files = await tinyPackage(zoo, MODEL, { id: 'balls', label: 'Ball' });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const environment = { TOMOCLICK_MODELS: zoo };
  ({ client, viewer, pageErrors, close } = await startViewer(folders, {
    imports: [folders.imports],
    environment,
  }));
}, 300_000);
afterAll(() => close());

/** @returns its id */
async function segmentationIdOf(of: ApiClient, { seriesInstanceUID }: SmallSeries): Promise<string> {
  const path = `/api/v1/segmentations?seriesInstanceUID=${seriesInstanceUID}`;
  const [newest] = segmentationListSchema.parse((await of.send('GET', path)).json).segmentations;
  return newest!.id;
}

describe('the worklist of those who annotate', () => {
  test('ranks the series of the archive, the hardest first, and says why', async () => {
    await viewer.openStudyList('Phantom, Anna');
    await viewer.picture('study-list-unranked');
    expect(await viewer.page.getByRole('columnheader').filter({ hasText: 'Description' }).count()).toBe(1);
    expect(await columnHeading().count()).toBe(0);
    await viewer.openMode('Phantom, Anna');
    await openPart();
    await part('begin-ranking').getByText('Rank 3 series').waitFor();
    await viewer.picture('annotate-next-offered');
    await part('begin-ranking').click();
    await viewer.page.locator('[data-cy=tomoclick-ranking][data-state=done]').waitFor();
    const rows = await part('ranked').allInnerTexts();
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain(HARDEST);
    expect(rows[0]).toMatch(/^1\b/);
    expect(rows[0]).toMatch(/agree to Dice 0\.\d\d/);
    const scores = rows.map(row => Number(/\b0\.\d\d\b/.exec(row)?.[0]));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores[0]!).toBeGreaterThan(scores[1]! + 0.1);
    await part('ranked').first().scrollIntoViewIfNeeded();
    await viewer.picture('annotate-next-ranked');
  }, 300_000);

  test('opens the series that is to be annotated next', async () => {
    await part('open-ranked').first().click();
    await viewer.waitForImages();
    const shown = new URL(viewer.page.url()).searchParams;
    const hardest = SERIES[1]!;
    expect(shown.get('StudyInstanceUIDs')).toBe(hardest.studyInstanceUID);
    expect(await viewer.page.locator('.tomoclick-series').innerText()).toContain('Balls, axial');
    await viewer.planes.click('axial', hardest.balls[0]!.centreLps);
    await viewer.panel.press('save');
  }, 300_000);

  test('what was saved is ranked last when it is asked anew; another label would not count', async () => {
    await viewer.page.locator('[data-cy=tomoclick-segment] .tomoclick-label').first().fill('Ball');
    await viewer.page.locator('[data-cy=tomoclick-segment] .tomoclick-label').first().press('Enter');
    await viewer.panel.press('save');
    await openPart();
    await part('begin-ranking').getByText('Rank 3 series').waitFor();
    const before = await part('ranked').first().innerText();
    expect(before).toContain(HARDEST);
    await part('begin-ranking').click();
    await part('ranked').getByText('Its segmentation is saved already.').waitFor();
    await viewer.page.locator('[data-cy=tomoclick-ranking][data-state=done]').waitFor();
    const rows = await part('ranked').allInnerTexts();
    expect(rows.at(-1)).toContain(HARDEST);
    firstAgain = /Phantom, \w+/.exec(rows[0]!)?.[0];
    await part('ranked').last().scrollIntoViewIfNeeded();
    await viewer.picture('annotate-next-saved');
  }, 300_000);

  test('a set of examples ranks series, too, and its examples last', async () => {
    const { id: other } = await client.create(SERIES[0]!);
    await client.edit(other, 'prompts', { prompts: [click(SERIES[0]!.balls[0]!.centreLps)] });
    const mine = await segmentationIdOf(client, SERIES[1]!);
    const cases = [other, mine].map(segmentationId => ({ kind: 'workspace', segmentationId }));
    const made = await client.send('POST', '/api/v1/exemplar-sets', { title: 'Balls', cases });
    expect(made.status).toBe(201);
    // What there is to choose from is read when the part is opened.
    await openPart();
    await openPart();
    await part('ranking-subject').selectOption({ label: 'like “Balls”' });
    await part('begin-ranking').click();
    await part('ranked').getByText('It is an example of the set.').first().waitFor();
    await viewer.page.locator('[data-cy=tomoclick-ranking][data-state=done]').waitFor();
    const rows = await part('ranked').allInnerTexts();
    expect(rows[0]).toContain('Phantom, Clara');
    expect(rows[0]).toMatch(/The answers by 2 parts of the set agree to Dice \d\.\d\d\./);
    expect(rows.slice(1).every(row => row.includes('It is an example of the set.'))).toBe(true);
    await part('ranked').last().scrollIntoViewIfNeeded();
    await viewer.picture('annotate-next-examples');
    await part('forget-ranking').click();
    await part('ranked').getByText('Its segmentation is saved already.').waitFor();
  }, 300_000);

  test('the study list names the order, sorts by it, and finds what is annotated', async () => {
    const { page } = viewer;
    const patients = async (): Promise<string[]> =>
      (await page.getByRole('row').filter({ hasText: 'Phantom, ' }).allInnerTexts()).map(
        row => /Phantom, \w+/.exec(row)?.[0] ?? row,
      );
    await viewer.leaveMode();
    await page.getByText(/^1\. Ball on CT, 0\.\d\d$/).waitFor();
    const order = ['Phantom, Anna', 'Phantom, Clara'];
    await columnHeading().getByRole('button').click();
    await page.waitForTimeout(SETTLING_MS);
    await viewer.picture('annotate-next-study-list');
    const sorted = await patients();
    expect(new Set(sorted.slice(0, 2))).toEqual(new Set(order));
    expect(sorted[2]).toBe(HARDEST);
    expect(sorted[0]).toBe(firstAgain);
    await page.locator('[data-filter-row] input').last().fill('annotated');
    await page.waitForTimeout(SETTLING_MS);
    expect(await patients()).toEqual([HARDEST]);
    await viewer.openStudyList(HARDEST);
    await columnHeading().waitFor();
    expect(pageErrors).toEqual([]);
  }, 120_000);
});
