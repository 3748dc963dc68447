import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { segmentationMeasurementsSchema } from '../../server/src/contract/measurements.ts';
import { norm, subtract } from '../../server/src/domain/affine.ts';
import { click, type ApiClient } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

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
