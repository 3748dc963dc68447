import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { add, type Vector3 } from '../../server/src/domain/affine.ts';
import { DEFAULT_BALLS, smallSeries, type SmallSeries } from '../phantom/smallSeries.ts';
import { testWithWorker, workOnce } from '../server/realWorker.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { startViewer, type StartedViewer } from './startedViewer.ts';

/** The balls of one patient lie where those of no other do. */
function patientOf(seed: number, dicomName: string, offsetMm: Vector3): SmallSeries {
  const balls = DEFAULT_BALLS.map(ball => ({ ...ball, centreLps: add(ball.centreLps, offsetMm) }));
  return smallSeries({ seed, patientName: dicomName, balls });
}

const LEARNED = [
  { name: 'Learned, One', series: patientOf(1, 'Learned^One', [0, 0, 0]) },
  { name: 'Learned, Two', series: patientOf(2, 'Learned^Two', [2, -3, 1]) },
  { name: 'Learned, Three', series: patientOf(3, 'Learned^Three', [-2, 2, -3]) },
];
const UNSEEN = { name: 'Unseen, Four', series: patientOf(4, 'Unseen^Four', [3, 1, 2]) };
const LABEL = 'Largest ball';
/** Enough for balls in noise. */
const STEPS = '40';

let started: StartedViewer;
const part = (name: string): Locator => started.viewer.page.locator(`[data-cy=tomoclick-${name}]`);

beforeAll(async () => {
  const folders = prepareFolders([...LEARNED, UNSEEN].flatMap(({ series }) => series.files));
  started = await startViewer(folders, { imports: [folders.imports] });
}, 300_000);
afterAll(() => started.close());

async function open(name: string): Promise<void> {
  await started.viewer.openStudyList(name);
  await started.viewer.openMode(name);
}

describe('a task that a reader has had learned from clicks', () => {
  testWithWorker(
    'segments three series, is adapted and promoted, and finds the structure of a fourth patient',
    async () => {
      const { viewer, server, pageErrors } = started;
      for (const { name, series } of LEARNED) {
        await open(name);
        await part('segment').locator('.tomoclick-label').first().fill(LABEL);
        await part('segment').locator('.tomoclick-label').first().press('Enter');
        await viewer.planes.click('axial', series.balls[0]!.centreLps);
      }

      await part('learn').locator('> summary').click();
      const cases = part('learn').locator('[data-cy=tomoclick-case] input');
      await cases.nth(2).waitFor();
      for (const box of await cases.all()) await box.check();
      await part('task-title').fill('Largest balls');
      await part('job-settings').locator('summary').click();
      await part('setting-steps').fill(STEPS);
      await part('setting-steps').press('Enter');
      await part('preview-job').click();
      await part('preview').getByText('3 cases of 3 patients').waitFor();
      await part('start-job').click();
      await part('job').first().waitFor();
      await workOnce(server.url);
      await part('promote-task').click();
      await viewer.page.locator('[data-cy=tomoclick-learned][data-state=promoted]').waitFor();
      await viewer.picture('task-learned');

      await open(UNSEEN.name);
      const before = await part('segment').count();
      await part('tasks').locator('summary').click();
      await part('run-task').click();
      const found = part('segment').filter({ has: viewer.page.locator('[data-cy=tomoclick-volume]') });
      await found.first().waitFor();
      await part('task-run').waitFor({ state: 'detached' });
      await viewer.picture('task-on-unseen');
      expect(before).toBe(1);
      expect(await viewer.panel.labels()).toContain(LABEL);
      const trueMl = ((4 / 3) * Math.PI * UNSEEN.series.balls[0]!.radiusMm ** 3) / 1000;
      const [volume = ''] = await viewer.panel.volumes();
      expect(Number.parseFloat(volume)).toBeGreaterThan(trueMl / 2);
      expect(Number.parseFloat(volume)).toBeLessThan(trueMl * 2);
      expect(pageErrors).toEqual([]);
    },
    900_000,
  );
});
