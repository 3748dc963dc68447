import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { segmentationMeasurementsSchema } from '../../server/src/contract/measurements.ts';
import { segmentationSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import { norm, subtract } from '../../server/src/domain/affine.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { dciodvfy, hasDciodvfy } from '../external/dciodvfy.ts';
import { click, type ApiClient, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const NOTHING: Partial<SegmentationContract['stored'][number]> = {};

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

const never = new AbortController().signal;

/** What the archive gives back of a series with one instance. */
async function storedObject(studyInstanceUID: string, seriesInstanceUID: string): Promise<Uint8Array> {
  const archive = new RemoteArchive(`${running.server.url}/dicom-web`);
  const objects: Uint8Array[] = [];
  for await (const part10 of archive.retrieveSeries({ studyInstanceUID, seriesInstanceUID }, never)) {
    objects.push(part10);
  }
  expect(objects).toHaveLength(1);
  return objects[0] ?? new Uint8Array();
}

describe('a measurement report', () => {
  const store = (id: string, query = ''): Promise<Reply> =>
    client.send('POST', `/api/v1/segmentations/${id}/store${query}`);

  test('is stored with the SEG when asked for, once for each save', async () => {
    const { id } = await client.create(SERIES, ['empty', 'Liver lesion']);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 2);
    const reply = await store(id, '?measurementReport=true');
    expect(reply.status).toBe(201);
    const saved = segmentationSchema.parse(reply.json);
    expect(saved.stored).toHaveLength(1);
    const [{ seriesInstanceUID, sopInstanceUID, measurementReport } = NOTHING] = saved.stored;
    for (const query of ['', '?measurementReport=false', '?measurementReport=true']) {
      expect(segmentationSchema.parse((await store(id, query)).json)).toEqual(saved);
    }

    const { studyInstanceUID } = SERIES;
    const found = await client.send('GET', `/dicom-web/studies/${studyInstanceUID}/series?Modality=SR`);
    expect(JSON.stringify(found.json)).toContain(measurementReport?.seriesInstanceUID);
    const report = await storedObject(studyInstanceUID, measurementReport?.seriesInstanceUID ?? '');
    const content = new TextDecoder('latin1').decode(report);
    for (const uid of [seriesInstanceUID, sopInstanceUID, SERIES.seriesInstanceUID]) {
      expect(content).toContain(uid);
    }
    if (hasDciodvfy()) expect(dciodvfy(report).errors).toEqual([]);
  });

  test('can follow a save that was made without it', async () => {
    const { id } = await client.create(SERIES);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    const { stored } = segmentationSchema.parse((await store(id)).json);
    expect(stored[0]).not.toHaveProperty('measurementReport');
    const later = segmentationSchema.parse((await store(id, '?measurementReport=true')).json).stored;
    expect(later).toEqual([{ ...stored[0], measurementReport: expect.anything() }]);
    await client.edit(id, 'undo');
    expectProblem(await store(id, '?measurementReport=true'), 'empty-segmentation');
  });

  test('references a label map as what it is', async () => {
    const { id } = await client.create(SERIES);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    const reply = await store(id, '?segmentationType=LABELMAP&measurementReport=true');
    const { measurementReport } = segmentationSchema.parse(reply.json).stored[0] ?? NOTHING;
    const report = await storedObject(SERIES.studyInstanceUID, measurementReport?.seriesInstanceUID ?? '');
    expect(Buffer.from(report).includes('1.2.840.10008.5.1.4.1.1.66.7')).toBe(true);
    expect(Buffer.from(report).includes('1.2.840.10008.5.1.4.1.1.66.4')).toBe(false);
  });

  test('is asked for by true and by nothing else', async () => {
    const { id } = await client.create(SERIES);
    expectProblem(await store(id, '?measurementReport=please'), 'invalid-request');
  });
});

describe('the measurements of a segmentation', () => {
  test('fit each ball and its segment; empty segments have none', async () => {
    const { id } = await client.create(SERIES, ['A', 'empty', 'B']);
    const first = await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
    const third = await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 3);
    const reply = await client.send('GET', `/api/v1/segmentations/${id}/measurements`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('ETag')).toBe(`"${third.version}"`);
    const measured = segmentationMeasurementsSchema.parse(reply.json);
    expect(measured.valueUnit).toEqual({ code: "[hnsf'U]", meaning: 'Hounsfield unit' });
    expect(measured.segments.map(each => each.segmentNumber)).toEqual([1, 3]);
    const [a, b] = measured.segments;
    for (const [segment, { segment: edited }, ball] of [
      [a, first, BALL],
      [b, third, OTHER_BALL],
    ] as const) {
      if (!segment) throw new Error('a segment is missing');
      expect(segment.voxelCount).toBe(edited.voxelCount);
      expect(segment.volumeMl).toBeCloseTo(edited.volumeMl, 9);
      expect(segment.volumeMm3).toBeCloseTo(edited.volumeMl * 1000, 6);
      const { longest, perpendicular } = segment.diameters;
      for (const end of [...longest.endsLps, ...perpendicular.endsLps]) {
        expect(norm(subtract(end, ball.centreLps))).toBeLessThan(longest.lengthMm);
      }
      expect(segment.values.minimum).toBeLessThanOrEqual(segment.values.mean);
      expect(segment.values.maximum).toBeGreaterThanOrEqual(segment.values.mean);
    }
  });

  test('of a segmentation without anything in it are none', async () => {
    const { id } = await client.create(SERIES);
    const reply = await client.send('GET', `/api/v1/segmentations/${id}/measurements`);
    expect(segmentationMeasurementsSchema.parse(reply.json).segments).toEqual([]);
  });

  test('of a segmentation that does not exist are a problem', async () => {
    const absent = '00000000-0000-4000-8000-000000000000';
    expectProblem(
      await client.send('GET', `/api/v1/segmentations/${absent}/measurements`),
      'segmentation-not-found',
    );
  });
});
