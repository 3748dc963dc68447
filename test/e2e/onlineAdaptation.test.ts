import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { writeUnrefinedZoo } from '../fixtures/unrefinedZoo.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { click, type ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Phantom, Small';
const LABEL = 'Ball and shell';
/** What is drawn about the ball then fits into the plane. */
const ZOOM = 1;
const series = smallSeries();
const ball = series.balls[0]!;

/** Of a patient who has taught a case before: of one patient alone nothing is believed. */
const elsewhere = smallSeries({ seed: 2, patientName: 'Other^Patient' });

const folders = prepareFolders([...series.files, ...elsewhere.files]);
const zoo = join(folders.imports, '../zoo');
let close: () => Promise<void>;
let viewer: ViewerPage;
const part = (name: string): Locator => viewer.page.locator(`[data-cy=tomoclick-${name}]`);

beforeAll(async () => {
  const environment = { TOMOCLICK_MODELS: writeUnrefinedZoo(zoo) };
  const started = await startViewer(folders, { imports: [folders.imports], environment });
  ({ viewer, close } = started);
  await teachElsewhere(started.client);
}, 300_000);
afterAll(() => close());

/** Always corrected alike: what lies about the ball belongs to it, too. */
function aroundBall(): readonly Vector3[] {
  const [x, y, z] = ball.centreLps;
  return Array.from({ length: 8 }, (_, n): Vector3 => {
    const angle = (n * Math.PI) / 4;
    return [x + 2 * ball.radiusMm * Math.cos(angle), y + 2 * ball.radiusMm * Math.sin(angle), z];
  });
}

async function teachElsewhere(client: ApiClient): Promise<void> {
  const { id } = await client.create(elsewhere, [LABEL]);
  await client.edit(id, 'prompts', { prompts: [click(ball.centreLps)] });
  const prompt = { kind: 'lasso', pointsLps: aroundBall(), polarity: 'include' };
  await client.edit(id, 'prompts', { prompts: [{ promptId: crypto.randomUUID(), prompt }] });
  expect((await client.send('POST', `/api/v1/segmentations/${id}/store`)).status).toBe(201);
}

async function nameLast(label: string): Promise<void> {
  const field = viewer.page.locator('[data-cy=tomoclick-segment] .tomoclick-label').last();
  await field.fill(label);
  await field.press('Enter');
  await viewer.panel.waitUntilIdle();
}

async function clickNewSegment(): Promise<string> {
  await viewer.panel.press('new');
  await nameLast(LABEL);
  await viewer.planes.click('axial', ball.centreLps);
  return (await viewer.panel.volumes()).at(-1) ?? '';
}

async function correctAndSave(): Promise<void> {
  await viewer.planes.drag('axial', aroundBall());
  await viewer.panel.press('save');
}

describe('online adaptation in the viewer', () => {
  let frozen: string;

  test('after accepted corrections of two patients the next answer is adapted, and says so', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    await viewer.panel.drawWith('lasso');
    await viewer.planes.zoomTo(ball.centreLps, ZOOM);
    await nameLast(LABEL);
    await viewer.planes.click('axial', ball.centreLps);
    [frozen = ''] = await viewer.panel.volumes();
    expect(await part('adaptation').count()).toBe(0);
    await correctAndSave();
    const adapted = await clickNewSegment();
    await part('adaptation').getByText(`Adapted to 2 accepted cases of ${LABEL}.`).waitFor();
    expect(Number.parseFloat(adapted)).toBeGreaterThan(Number.parseFloat(frozen));
    await viewer.picture('adapted');
  }, 300_000);

  test('is switched off for what is clicked next', async () => {
    await part('adaptive').uncheck();
    expect(await clickNewSegment()).toBe(frozen);
    await part('adaptation').getByText('The model answers alone.').waitFor();
    await viewer.picture('not-adapted');
  }, 180_000);

  test('is forgotten: the segment stays as it is, and the next answer is the frozen one', async () => {
    await part('adaptive').click(); // the note is gone with it
    const adapted = await clickNewSegment();
    expect(adapted).not.toBe(frozen);
    await part('forget').click();
    await part('adaptation').getByText(`The accepted cases of ${LABEL} are forgotten.`).waitFor();
    expect((await viewer.panel.volumes()).at(-1)).toBe(adapted);
    await viewer.picture('forgotten');
    expect(await clickNewSegment()).toBe(frozen);
    expect(await part('adaptation').count()).toBe(0);
  }, 180_000);
});
