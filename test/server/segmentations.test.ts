import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { segmentationListSchema, segmentationSchema } from '../../server/src/contract/segmentation.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { voxelsOf } from '../fixtures/segmentationVoxels.ts';
import { checkLabelmap } from '../validation/checkLabelmap.ts';
import { click, type ApiClient } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const ABSENT = '00000000-0000-4000-8000-000000000000';

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

describe('saving', () => {
  test('stores a SEG that searches find, once for each version', async () => {
    const { id } = await client.create(SERIES, ['A', 'B', 'empty']);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
    await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 2);
    const saved = await client.send('POST', `/api/v1/segmentations/${id}/store`);
    expect(saved.status).toBe(201);
    const { stored, version } = segmentationSchema.parse(saved.json);
    expect(stored).toHaveLength(1);
    expect(stored[0]?.version).toBe(version - 1);
    const again = await client.send('POST', `/api/v1/segmentations/${id}/store`);
    expect(segmentationSchema.parse(again.json)).toEqual(segmentationSchema.parse(saved.json));

    const location = saved.headers.get('Location') ?? '';
    const accept = { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
    expect((await client.send('GET', location, undefined, accept)).status).toBe(200);
    const { studyInstanceUID } = SERIES;
    const found = await client.send('GET', `/dicom-web/studies/${studyInstanceUID}/series?Modality=SEG`);
    const seriesUIDs = JSON.stringify(found.json);
    expect(seriesUIDs).toContain(stored[0]?.seriesInstanceUID);

    await client.edit(id, 'undo', undefined, 2);
    const later = segmentationSchema.parse(
      (await client.send('POST', `/api/v1/segmentations/${id}/store`)).json,
    );
    expect(new Set(later.stored.map(each => each.seriesInstanceUID)).size).toBe(2);
    const saves = later.stored.map(async ({ seriesInstanceUID }) => {
      const query = `/dicom-web/studies/${studyInstanceUID}/series?SeriesInstanceUID=${seriesInstanceUID}`;
      const [series] = (await client.send('GET', query)).json as { '0008103E': { Value: string[] } }[];
      return series?.['0008103E'].Value[0];
    });
    expect(await Promise.all(saves)).toEqual(['Tomoclick segmentation 1', 'Tomoclick segmentation 2']);
  });

  test('numbers the segments that are not empty from 1', async () => {
    const { id } = await client.create(SERIES, ['empty', 'B']);
    const update = await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 2);
    const object = await client.send('GET', `/api/v1/segmentations/${id}/dicom`);
    expect(object.headers.get('ETag')).toBe('"3"');
    expect(voxelsOf(readSegmentation(object.bytes), 1).size).toBe(update.segment.voxelCount);
  });

  test('writes the format that is asked for', async () => {
    const { id } = await client.create(SERIES, ['A', 'B']);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
    await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 2);
    const path = `/api/v1/segmentations/${id}`;
    const labelmap = await client.send('GET', `${path}/dicom?segmentationType=LABELMAP&frames=all`);
    const dataSet = dicomParser.parseDicom(labelmap.bytes);
    expect(checkLabelmap(dataSet)).toEqual([]);
    expect(dataSet.elements['x52009230']?.items).toHaveLength(SERIES.files.length);
    const stored = await client.send('POST', `${path}/store?segmentationType=LABELMAP&compression=rle`);
    expect(stored.status).toBe(201);
    const accept = { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
    const instance = await client.send('GET', stored.headers.get('Location') ?? '', undefined, accept);
    expect(instance.headers.get('Content-Type')).toContain('multipart/related');
    expect(Buffer.from(instance.bytes).toString('latin1')).toContain('1.2.840.10008.1.2.5\0');
    expectProblem(await client.send('GET', `${path}/dicom?compression=rle`), 'invalid-request');
    expectProblem(await client.send('GET', `${path}/dicom?segmentationType=SURFACE`), 'invalid-request');
  });

  test('refuses a LABELMAP of segments that overlap, which BINARY takes', async () => {
    const { id } = await client.create(SERIES, ['A', 'B']);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 2);
    const path = `/api/v1/segmentations/${id}/dicom`;
    expectProblem(await client.send('GET', `${path}?segmentationType=LABELMAP`), 'segments-overlap');
    expect((await client.send('GET', path)).status).toBe(200);
  });

  test('nothing is refused', async () => {
    const { id } = await client.create(SERIES);
    expectProblem(await client.send('POST', `/api/v1/segmentations/${id}/store`), 'empty-segmentation');
    expectProblem(await client.send('GET', `/api/v1/segmentations/${id}/dicom`), 'empty-segmentation');
  });
});

describe('segmentations and segments', () => {
  test('are created, listed, changed and removed', async () => {
    const created = await client.create(SERIES, []);
    const path = `/api/v1/segmentations/${created.id}`;
    const added = await client.send('POST', `${path}/segments`, { label: 'A' });
    expect(added.status).toBe(201);
    expect(added.headers.get('Location')).toBe(`${path}/segments/1`);
    const changed = await client.send('PATCH', `${path}/segments/1`, { label: 'B', colour: [1, 2, 3] });
    expect(segmentationSchema.parse(changed.json).segments[0]).toMatchObject({
      label: 'B',
      colour: [1, 2, 3],
    });
    const removed = await client.send('DELETE', `${path}/segments/1`);
    expect(segmentationSchema.parse(removed.json)).toMatchObject({ segments: [], version: 3 });
    const next = await client.send('POST', `${path}/segments`, { label: 'C' });
    expect(segmentationSchema.parse(next.json).segments[0]?.segmentNumber).toBe(2);
    expectProblem(await client.send('DELETE', `${path}/segments/1`), 'segment-not-found');

    const query = `seriesInstanceUID=${SERIES.seriesInstanceUID}&limit=1`;
    const list = segmentationListSchema.parse(
      (await client.send('GET', `/api/v1/segmentations?${query}`)).json,
    );
    expect(list.segmentations.map(each => each.id)).toEqual([created.id]);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expectProblem(await client.send('GET', path), 'segmentation-not-found');
  });

  test('have names and images that can be kept', async () => {
    const { id, studyInstanceUID, seriesInstanceUID } = await client.create(SERIES);
    const segment = `/api/v1/segmentations/${id}/segments/1`;
    // Half of a surrogate pair is no text.
    expectProblem(await client.send('PATCH', segment, { label: 'Liver \ud83e' }), 'invalid-request');
    expect((await client.send('PATCH', segment, { label: 'Liver \ud83e\uddea' })).status).toBe(200);
    const image = { sopInstanceUID: '1.2', frameNumber: 2 ** 31 };
    const path = '/api/v1/segmentations';
    const ofFrame = { studyInstanceUID, seriesInstanceUID, image };
    expectProblem(await client.send('POST', path, ofFrame), 'invalid-request');
    const query = `sopInstanceUID=1.2&frameNumber=${2 ** 31}`;
    expectProblem(await client.send('GET', `${path}?${query}`), 'invalid-request');
  });

  test('are guarded by If-Match and read by If-None-Match', async () => {
    const { id } = await client.create(SERIES);
    const path = `/api/v1/segmentations/${id}`;
    const stale = { 'If-Match': '"0"' };
    expectProblem(
      await client.send('POST', `${path}/segments`, { label: 'A' }, stale),
      'precondition-failed',
    );
    expectProblem(
      await client.send('PATCH', `${path}/segments/1`, { label: 'A' }, stale),
      'precondition-failed',
    );
    expectProblem(await client.send('DELETE', `${path}/segments/1`, undefined, stale), 'precondition-failed');
    const clicks = { prompts: [click(BALL.centreLps)] };
    expectProblem(
      await client.send('POST', `${path}/segments/1/prompts`, clicks, stale),
      'precondition-failed',
    );
    expectProblem(
      await client.send('POST', `${path}/segments/1/clear`, undefined, stale),
      'precondition-failed',
    );
    expectProblem(
      await client.send('DELETE', path, undefined, { 'If-Match': 'W/"1"' }),
      'precondition-failed',
    );
    const fresh = await client.send('POST', `${path}/segments`, { label: 'A' }, { 'If-Match': '"1"' });
    expect(fresh.headers.get('ETag')).toBe('"2"');
    // By itself fetch would ask for an answer past all caches.
    const revalidation = { 'If-None-Match': '"2"', 'Cache-Control': 'max-age=0' };
    const unchanged = await client.send('GET', path, undefined, revalidation);
    expect(unchanged.status).toBe(304);
  });

  test('that do not exist are told apart', async () => {
    const path = `/api/v1/segmentations/${ABSENT}`;
    for (const [method, rest] of [
      ...[
        ['GET', ''],
        ['GET', '/dicom'],
        ['DELETE', ''],
        ['POST', '/store'],
      ],
      ...[
        ['POST', '/segments/1/undo'],
        ['POST', '/segments/1/clear'],
      ],
    ] as const) {
      expectProblem(await client.send(method, path + rest), 'segmentation-not-found');
    }
    const { id } = await client.create(SERIES);
    expectProblem(
      await client.send('POST', `/api/v1/segmentations/${id}/segments/9/undo`),
      'segment-not-found',
    );
    expectProblem(await client.send('GET', '/api/v1/segmentations/nonsense'), 'invalid-request');
  });
});
