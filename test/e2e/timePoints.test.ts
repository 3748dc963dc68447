import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { segmentationListSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { PHASE_GRID, phaseSeries, type LandmarkSeries } from '../phantom/landmarkSeries.ts';
import type { ApiClient } from '../server/apiClient.ts';
import { prepareFolders } from '../server/runningServer.ts';
import { maskOfSegmentation } from './demoWork.ts';
import { expectOnScreen, tintedCount } from './maskOnScreen.ts';
import { startViewer } from './startedViewer.ts';
import type { ViewerPage } from './viewerPage.ts';

const PATIENT = 'Doe, Jane Mary';
/** Small enough for what is about the landmark to be seen too. */
const ZOOM = 0.8;
/** The marker of a click alone is smaller. */
const LEAST_TINTED = 60;

const [FIRST, , THIRD] = [0, 1, 2].map(phaseSeries) as [LandmarkSeries, LandmarkSeries, LandmarkSeries];
const { seriesInstanceUID } = FIRST.series;
const GEOMETRY = { ...PHASE_GRID, frameOfReferenceUID: '' };

describe('a series of three time points in the viewer', () => {
  const folders = prepareFolders(FIRST.files);
  let close: () => Promise<void>;
  let viewer: ViewerPage;
  let pageErrors: readonly string[];
  let client: ApiClient;

  beforeAll(async () => {
    const options = { imports: [folders.imports] };
    ({ client, viewer, pageErrors, close } = await startViewer(folders, options));
  }, 300_000);

  afterAll(() => close());

  /** Oldest first. */
  async function segmentations(): Promise<SegmentationContract[]> {
    const reply = await client.send('GET', '/api/v1/segmentations');
    return segmentationListSchema.parse(reply.json).segmentations.reverse();
  }

  function maskOn(timePoint: number, { id }: SegmentationContract): Promise<Mask> {
    const sopInstanceUIDOf = (k: number): string => `${seriesInstanceUID}.${timePoint}.${k}`;
    return maskOfSegmentation(client, id, PHASE_GRID.shapeIjk, sopInstanceUIDOf);
  }

  test('is segmented at the time point that the reader looks at', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.openMode(PATIENT);
    await viewer.zoomTo(FIRST.landmarkLps, ZOOM);
    await viewer.picture('time-point-1-before');
    await viewer.click('axial', FIRST.landmarkLps);
    await viewer.picture('time-point-1');
    const [first] = await segmentations();
    await expectOnScreen(viewer, await maskOn(1, first!), FIRST.landmarkLps, GEOMETRY);
  }, 180_000);

  test('shows no mask of another time point, and takes clicks on it apart', async () => {
    await viewer.showTimePoint(3);
    await viewer.picture('time-point-3-before');
    expect(await viewer.volumes()).toEqual(['–']);
    expect(await tintedCount(viewer, 'axial', FIRST.landmarkLps)).toBe(0);
    await viewer.zoomTo(THIRD.landmarkLps, ZOOM);
    await viewer.click('axial', THIRD.landmarkLps);
    await viewer.picture('time-point-3');
    const [first, third] = await segmentations();
    expect(first?.segments[0]?.prompts).toHaveLength(1);
    await expectOnScreen(viewer, await maskOn(3, third!), THIRD.landmarkLps, GEOMETRY);
  }, 180_000);

  test('shows the first mask again when the reader goes back, also after a reload', async () => {
    await viewer.showTimePoint(1);
    await viewer.zoomTo(FIRST.landmarkLps, ZOOM);
    const [first, third] = await segmentations();
    const mask = await maskOn(1, first!);
    await expectOnScreen(viewer, mask, FIRST.landmarkLps, GEOMETRY);
    await viewer.reload();
    await viewer.zoomTo(FIRST.landmarkLps, ZOOM);
    await expectOnScreen(viewer, mask, FIRST.landmarkLps, GEOMETRY);
    await viewer.showTimePoint(3);
    await viewer.zoomTo(THIRD.landmarkLps, ZOOM);
    await expectOnScreen(viewer, await maskOn(3, third!), THIRD.landmarkLps, GEOMETRY);
    expect(await segmentations()).toHaveLength(2);
  }, 180_000);

  test('shows masks again where they belong after time points have passed by', async () => {
    for (const number of [1, 2, 3, 1]) await viewer.showTimePoint(number);
    expect(await tintedCount(viewer, 'axial', FIRST.landmarkLps)).toBeGreaterThan(LEAST_TINTED);
    await viewer.showTimePoint(2);
    expect(await tintedCount(viewer, 'axial', FIRST.landmarkLps)).toBe(0);
    expect(await segmentations()).toHaveLength(2);
  }, 180_000);

  test('nothing failed on the page', () => {
    expect(pageErrors).toEqual([]);
  });
});
