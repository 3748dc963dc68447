import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DEMO_SERIES, demoSopInstanceUID } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { cropMask, voxelAt, type Mask } from '../../server/src/domain/mask.ts';
import { indexIjkOf } from '../../server/src/domain/volumeGeometry.ts';
import { segmentationListSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { DEMO_STRUCTURES } from '../phantom/demoStructures.ts';
import { demoTruth } from '../phantom/demoTruth.ts';
import { dice } from '../phantom/dice.ts';
import { ApiClient } from '../server/apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from '../server/runningServer.ts';
import { launchChromium } from './chromium.ts';
import { ViewerPage, type Plane, type ScreenSample } from './viewerPage.ts';

const PATIENT = 'Demo, Torso';
const ORGAN = 'left kidney';
const PLANES: readonly Plane[] = ['axial', 'coronal', 'sagittal'];
/** Enough to say that the mask is of the organ clicked: one slice or pixel order wrong gives next to nothing. */
const LEAST_DICE = 0.5;
/** Share of the places on the screen that must be tinted as the mask says; the rest are labels and antialiasing. */
const LEAST_AGREEMENT = 0.97;
const RADIUS_PIXELS = 75;
/** Distance from a click within which its marker hides the mask. */
const MARKER_PIXELS = 14;

const firstClickLps = DEMO_STRUCTURES.find(structure => structure.name === ORGAN)!.firstClickLps;

const folders = prepareFolders([]);
const pageErrors: string[] = [];
let truth: Mask;
let server: RunningServer;
let client: ApiClient;
let browser: Browser;
let viewer: ViewerPage;

beforeAll(async () => {
  // Takes seconds of computing, in which an open connection would time out.
  truth = demoTruth(ORGAN, DEMO_GEOMETRY);
  [server, browser] = await Promise.all([startServer(folders.home, { isBundled: true }), launchChromium()]);
  client = new ApiClient(server.url);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(120_000);
  page.on('pageerror', error => pageErrors.push(error.message));
  page.on('request', request => {
    if (!request.url().startsWith(server.url) && /^https?:/.test(request.url())) {
      pageErrors.push(`request to another place: ${request.url()}`);
    }
  });
  viewer = new ViewerPage(page, server.url);
}, 300_000);

afterAll(async () => {
  await browser.close();
  await server.end('SIGTERM');
  folders.remove();
});

async function segmentation(): Promise<SegmentationContract> {
  const reply = await client.send('GET', '/api/v1/segmentations');
  const [newest] = segmentationListSchema.parse(reply.json).segmentations;
  if (!newest) throw new Error('the server has no segmentation');
  return newest;
}

/** The mask of the only segment, as the API hands it out. */
async function maskAtServer(): Promise<Mask> {
  const { id } = await segmentation();
  const { bytes } = await client.send('GET', `/api/v1/segmentations/${id}/dicom`);
  const [columns, rows, slices] = DEMO_GEOMETRY.shapeIjk;
  const voxels = new Uint8Array(columns * rows * slices);
  const k = new Map(Array.from({ length: slices }, (_, index) => [demoSopInstanceUID(index), index]));
  for (const frame of readSegmentation(bytes).frames) {
    voxels.set(frame.pixels, columns * rows * k.get(frame.referencedSOPInstanceUID)!);
  }
  const { shapeIjk } = DEMO_GEOMETRY;
  return cropMask({ shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels });
}

/** Whether all voxels about a position are in the mask, or none; undefined at its border. */
function isInside(mask: Mask, pointLps: Vector3): boolean | undefined {
  const [i, j, k] = indexIjkOf(DEMO_GEOMETRY, pointLps).map(Math.round) as [number, number, number];
  const near = [-2, 0, 2].flatMap(di =>
    [-2, 0, 2].flatMap(dj => [-1, 0, 1].map(dk => voxelAt(mask, i + di, j + dj, k + dk))),
  );
  return near.every(voxel => voxel === near[0]) ? near[0] === 1 : undefined;
}

/** CT is grey: colour is what was laid over it. */
const isTinted = ({ rgb: [r, g, b] }: ScreenSample): boolean => Math.max(r, g, b) - Math.min(r, g, b) > 12;

/** Of the places where the mask is sure, the share at which the screen shows the same. */
async function agreementOnScreen(plane: Plane, mask: Mask, aroundLps: Vector3) {
  const samples = await viewer.samples(plane, aroundLps, RADIUS_PIXELS);
  const centre = samples[Math.floor(samples.length / 2)]!.canvas;
  const sure = samples.flatMap(sample => {
    const inside = isInside(mask, sample.pointLps);
    const [dx, dy] = [sample.canvas[0] - centre[0], sample.canvas[1] - centre[1]];
    return inside === undefined || Math.hypot(dx, dy) < MARKER_PIXELS ? [] : [{ inside, sample }];
  });
  const agreeing = sure.filter(({ inside, sample }) => isTinted(sample) === inside).length;
  return {
    insideCount: sure.filter(({ inside }) => inside).length,
    outsideCount: sure.filter(({ inside }) => !inside).length,
    agreement: agreeing / sure.length,
  };
}

async function expectOnScreen(mask: Mask, aroundLps: Vector3): Promise<void> {
  for (const plane of PLANES) {
    const { insideCount, outsideCount, agreement } = await agreementOnScreen(plane, mask, aroundLps);
    expect({ plane, hasBoth: insideCount > 50 && outsideCount > 50 }).toEqual({ plane, hasBoth: true });
    expect({ plane, agrees: agreement >= LEAST_AGREEMENT, agreement }).toMatchObject({ agrees: true });
  }
}

describe('the viewer', () => {
  test('lists the demo study on a first start', async () => {
    await viewer.openStudyList(PATIENT);
    await viewer.picture('study-list');
  }, 120_000);

  test('opens it in our mode, in three planes, with the model and its licence named', async () => {
    await viewer.openMode(PATIENT);
    await viewer.picture('mode');
    const notice = await viewer.page.locator('[data-cy=tomoclick-notice]').innerText();
    expect(notice).toMatch(/^Model .+/);
    expect(notice).toContain('Not for diagnosis');
  }, 180_000);

  test('shows the mask of one click in all three planes where the server has it', async () => {
    await viewer.click('axial', firstClickLps);
    await viewer.picture('one-click');
    const mask = await maskAtServer();
    expect(dice(mask, truth)).toBeGreaterThan(LEAST_DICE);
    await expectOnScreen(mask, firstClickLps);
  }, 180_000);

  test('takes away with a Ctrl click, and gives back with undo', async () => {
    const before = await maskAtServer();
    const [shownBefore] = await viewer.volumes();
    const borderLps: Vector3 = [firstClickLps[0], firstClickLps[1] + 12, firstClickLps[2]];
    await viewer.click('axial', borderLps, 'Control');
    await viewer.picture('excluded');
    const excluded = await maskAtServer();
    expect(dice(excluded, before)).toBeLessThan(1);
    const [segment] = (await segmentation()).segments;
    expect(segment?.prompts.map(({ prompt }) => prompt.polarity)).toEqual(['include', 'exclude']);
    await viewer.press('undo');
    expect(dice(await maskAtServer(), before)).toBe(1);
    expect(await viewer.volumes()).toEqual([shownBefore]);
  }, 180_000);

  test('saves a SEG that appears among the series', async () => {
    const entries = viewer.page.getByText('Tomoclick segmentation');
    expect(await entries.count()).toBe(0);
    await viewer.press('save');
    await entries.first().waitFor();
    await viewer.picture('saved');
    const { stored } = await segmentation();
    const query = `/dicom-web/studies/${DEMO_SERIES.studyInstanceUID}/series?Modality=SEG`;
    const found = (await client.send('GET', query)).json as { '0020000E': { Value: string[] } }[];
    expect(found.map(series => series['0020000E'].Value[0])).toEqual(stored.map(s => s.seriesInstanceUID));
  }, 120_000);

  test('shows the work again after a reload', async () => {
    const mask = await maskAtServer();
    await viewer.reload();
    await viewer.picture('reloaded');
    await expectOnScreen(mask, firstClickLps);
  }, 180_000);

  test('keeps a second segment apart from the first', async () => {
    await viewer.press('new');
    const aorta = DEMO_STRUCTURES.find(structure => structure.name === 'aorta')!;
    await viewer.click('axial', aorta.firstClickLps);
    await viewer.picture('two-segments');
    const { segments } = await segmentation();
    expect(segments.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
    expect(await viewer.volumes()).toHaveLength(2);
  }, 120_000);

  test('asked no other place for anything, and no script failed', () => {
    expect(pageErrors).toEqual([]);
  });
});
