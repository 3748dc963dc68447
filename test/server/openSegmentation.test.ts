import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DicomSegmentationDecoder } from '../../server/src/adapters/dicom/dicomSegmentationDecoder.ts';
import { segmentationSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import { dciodvfy, hasDciodvfy } from '../external/dciodvfy.ts';
import { FOREIGN_SLICE, foreignSegmentation } from '../fixtures/foreignSegmentation.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { voxelsOf } from '../fixtures/segmentationVoxels.ts';
import { ApiClient, click, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { BALL, OTHER_BALL, SERIES, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

if (!hasDciodvfy()) console.log('SKIPPED: validation of a SEG opened and saved: dciodvfy is not installed');

const FOREIGN = { seriesInstanceUID: '1.2.3.70', sopInstanceUID: '1.2.3.70.1' };
const ELSEWHERE = { seriesInstanceUID: '1.2.3.71', sopInstanceUID: '1.2.3.71.1' };
const [COLUMNS, ROWS] = SERIES.geometry.shapeIjk;

let server: RunningServer;
let client: ApiClient;
let removeFolders: () => void;
beforeAll(async () => {
  const { home, imports, remove } = prepareFolders([
    ...SERIES.files,
    foreignSegmentation(SERIES, FOREIGN),
    foreignSegmentation(SERIES, ELSEWHERE, '1.2.3.4.5'),
  ]);
  removeFolders = remove;
  server = await startServer(home, { imports: [imports] });
  client = new ApiClient(server.url);
}, STARTING_TIMEOUT_MS);
afterAll(async () => {
  await server.end('SIGTERM');
  removeFolders();
});

function open(object: typeof FOREIGN): Promise<Reply> {
  const { studyInstanceUID, seriesInstanceUID } = SERIES;
  return client.send('POST', '/api/v1/segmentations/open', { studyInstanceUID, seriesInstanceUID, object });
}

async function opened(object: typeof FOREIGN): Promise<SegmentationContract> {
  const reply = await open(object);
  expect(reply.status).toBe(201);
  return segmentationSchema.parse(reply.json);
}

describe('a segmentation made elsewhere', () => {
  test('is opened with all that it says of its segments, and with a warning of what was changed', async () => {
    const segmentation = await opened(FOREIGN);
    expect(segmentation.openedFrom).toMatchObject({
      ...FOREIGN,
      warnings: [{ code: 'fractional-thresholded' }],
    });
    expect(segmentation.segments).toMatchObject([
      { segmentNumber: 1, label: 'Plaque', trackingUID: '2.25.4711', voxelCount: 64, canUndo: false },
      { segmentNumber: 2, label: 'Core', voxelCount: 4, prompts: [] },
    ]);
    expect(await client.read(segmentation.id)).toEqual(segmentation);
  });

  test('is saved with the same voxels, codes and tracking, the retired codes replaced', async () => {
    const { id } = await opened(FOREIGN);
    const { bytes } = await client.send('GET', `/api/v1/segmentations/${id}/dicom`);
    const inSlice = (low: number, high: number): Set<string> =>
      new Set(
        Array.from({ length: COLUMNS * ROWS }, (_, n) => n)
          .filter(n => {
            const [i, j] = [n % COLUMNS, Math.floor(n / COLUMNS)];
            return Math.min(i, j) >= low && Math.max(i, j) <= high;
          })
          .map(n => `${SERIES.sopInstanceUIDs[FOREIGN_SLICE]}#1/${n}`),
      );
    expect(voxelsOf(readSegmentation(bytes), 1)).toEqual(inSlice(21, 28));
    expect(voxelsOf(readSegmentation(bytes), 2)).toEqual(inSlice(24, 25));
    expect((await new DicomSegmentationDecoder().decode(bytes)).segments).toMatchObject([
      {
        ...{ label: 'Plaque', trackingUID: '2.25.4711' },
        description: {
          ...{ trackingID: 'plaque 1', algorithm: { type: 'AUTOMATIC', name: 'Plaque finder' } },
          codes: {
            category: { value: '85756007', scheme: 'SCT' },
            type: { value: '112042', scheme: 'DCM', meaning: 'Calcified plaque' },
            typeModifiers: [{ value: '7771000', scheme: 'SCT', meaning: 'Left' }],
          },
        },
      },
      {
        label: 'Core',
        description: { algorithm: { type: 'MANUAL' }, codes: { type: { value: '6574001' } } },
      },
    ]);
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('T-D0050');
    if (hasDciodvfy()) expect(dciodvfy(bytes).errors).toEqual([]);
  });

  test('takes its codes from the label once that is changed', async () => {
    const { id } = await opened(FOREIGN);
    await client.send('PATCH', `/api/v1/segmentations/${id}/segments/2`, { label: 'Liver' });
    const { bytes } = await client.send('GET', `/api/v1/segmentations/${id}/dicom`);
    const [, renamed] = (await new DicomSegmentationDecoder().decode(bytes)).segments;
    expect(renamed).toMatchObject({
      label: 'Liver',
      description: { codes: { type: { value: '10200004' } } },
    });
  });

  test('is refused, with the reason, where it does not belong to the series', async () => {
    expectProblem(await open(ELSEWHERE), 'frame-of-reference-mismatch');
    expectProblem(await open({ ...FOREIGN, sopInstanceUID: '1.2.3.99' }), 'not-found');
    expectProblem(await open({ ...FOREIGN, seriesInstanceUID: '1.2.3.99' }), 'series-not-found');
    const { seriesInstanceUID, sopInstanceUIDs } = SERIES;
    const image = { seriesInstanceUID, sopInstanceUID: sopInstanceUIDs[0] ?? '' };
    expectProblem(await open(image), 'unsupported-segmentation');
  });
});

describe('a segmentation that was saved here', () => {
  test.each(['BINARY', 'LABELMAP'])(
    'as %s is opened, edited, undone and saved again',
    async segmentationType => {
      const begun = await client.create(SERIES, ['Ball', 'Other']);
      await client.edit(begun.id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
      await client.edit(begun.id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 2);
      const path = `/api/v1/segmentations/${begun.id}`;
      const stored = await client.send('POST', `${path}/store?segmentationType=${segmentationType}`);
      const before = segmentationSchema.parse(stored.json);
      const [{ seriesInstanceUID, sopInstanceUID } = FOREIGN] = before.stored;
      const again = await opened({ seriesInstanceUID, sopInstanceUID });
      const facts = ({ segments }: SegmentationContract): unknown =>
        segments.map(({ label, colour, trackingUID, voxelCount }) => ({
          label,
          colour,
          trackingUID,
          voxelCount,
        }));
      expect(facts(again)).toEqual(facts(before));

      const [ball] = again.segments;
      const edited = await client.edit(again.id, 'prompts', {
        prompts: [click(BALL.centreLps, 'exclude')],
      });
      expect(edited.segment.voxelCount).toBeLessThan(ball?.voxelCount ?? 0);
      expect(edited.changedSlices.length).toBeGreaterThan(0);
      const undone = await client.edit(again.id, 'undo');
      expect(undone.segment.voxelCount).toBe(ball?.voxelCount);
      const cleared = await client.edit(again.id, 'clear');
      expect(cleared.segment.voxelCount).toBe(0);
      expect((await client.edit(again.id, 'undo')).segment.voxelCount).toBe(ball?.voxelCount);
      const saved = await client.send('POST', `/api/v1/segmentations/${again.id}/store`);
      expect(saved.status).toBe(201);
      expect(segmentationSchema.parse(saved.json).stored[0]?.sopInstanceUID).not.toBe(sopInstanceUID);
    },
  );
});
