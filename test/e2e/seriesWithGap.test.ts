import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { middleOf } from '../../extension/src/domain/drawnPrompt.ts';
import { norm, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import { imageKey, stackSeries } from '../phantom/landmarkSeries.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { newestSegmentation } from './demoWork.ts';
import { startViewer, type StartedViewer } from './startedViewer.ts';

const PATIENT = 'Gap';
/** Five of 40 slices are missing: the viewer draws the others evenly, up to 4 mm from where they lie. */
const SERIES = stackSeries({ missingSlices: [14, 15, 16, 17, 18], patientName: PATIENT });
/** A plane lies up to half a step of 2 mm from the middle of the slice that it draws. */
const HALF_STEP_MM = 1;
/** Half a pixel on the screen. */
const TOLERANCE_MM = 0.8;

describe('a series with a gap in the viewer', () => {
  const folders = prepareFolders(SERIES.files);
  let started: StartedViewer;

  beforeAll(async () => {
    started = await startViewer(folders, { imports: [folders.imports] });
    await started.viewer.openStudyList(PATIENT);
    await started.viewer.openMode(PATIENT);
  }, 300_000);

  afterAll(() => started.close());

  test.each([-30, -5, 4, 12, 30])(
    'tells the server of the place of the image under the pointer, %d mm from the middle',
    async above => {
      const { planes } = started.viewer;
      const [x, y, z] = SERIES.landmarkLps;
      const shown: Vector3 = [x, y, z + above];
      const toldLps = await planes.pointAt('axial', shown);
      const originLps = SERIES.originLps.get(imageKey(await planes.sliceDrawn('axial')))!;
      expect(Math.abs(toldLps[2] - originLps[2])).toBeLessThanOrEqual(HALF_STEP_MM);
      expect(norm(subtract([toldLps[0], toldLps[1], 0], [x, y, 0]))).toBeLessThan(TOLERANCE_MM);
    },
    60_000,
  );

  test('shows the axial plane where a coronal one was clicked', async () => {
    const { viewer, client } = started;
    const [x, y, z] = SERIES.landmarkLps;
    const shown: Vector3 = [x, y, z + 8];
    await viewer.planes.click('coronal', shown);
    await viewer.picture('gap');
    const [segment] = (await newestSegmentation(client)).segments;
    const toldLps = middleOf(segment!.prompts[0]!.prompt)!;
    expect(norm(subtract(toldLps, shown))).toBeGreaterThan(2);
    expect(Math.abs((await viewer.planes.focusOf('axial'))![2] - shown[2])).toBeLessThan(1.2);
  }, 120_000);

  test('nothing failed on the page', () => {
    expect(started.pageErrors).toEqual([]);
  });
});
