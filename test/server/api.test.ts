import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { capabilitiesSchema } from '../../server/src/contract/capabilities.ts';
import { problemSchema } from '../../server/src/contract/problem.ts';
import { segmentationListSchema, segmentationSchema } from '../../server/src/contract/segmentation.ts';
import { PROBLEMS, type ProblemCode } from '../../server/src/domain/errors.ts';
import { readSegmentation, type ReadSegmentation } from '../fixtures/readSegmentation.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click, type Reply } from './apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';

const SERIES = smallSeries({ shuffled: true });
const [BALL, OTHER_BALL] = SERIES.balls;
if (!BALL || !OTHER_BALL) throw new Error('the small series has too few balls');
const ABSENT = '00000000-0000-4000-8000-000000000000';

const folders = prepareFolders(SERIES.files);
let server: RunningServer;
let client: ApiClient;
beforeAll(async () => {
  server = await startServer(folders.home, { imports: [folders.imports] });
  client = new ApiClient(server.url);
}, 120_000);
afterAll(async () => {
  await server.end('SIGTERM');
  folders.remove();
});

function expectProblem(reply: Reply, code: ProblemCode): void {
  const problem = problemSchema.parse(reply.json);
  expect(problem).toMatchObject({ code, ...PROBLEMS[code] });
  expect(reply.status).toBe(PROBLEMS[code].status);
  expect(reply.headers.get('Content-Type')).toBe('application/problem+json');
  expect(problem.requestId).toBe(reply.headers.get('X-Request-Id'));
}

/** Voxels of one segment as a set of "SOPInstanceUID/offset". */
function voxelsOf(segmentation: ReadSegmentation, segmentNumber = 1): Set<string> {
  const voxels = new Set<string>();
  for (const frame of segmentation.frames) {
    if (frame.segmentNumber !== segmentNumber) continue;
    frame.pixels.forEach((pixel, offset) => {
      if (pixel) voxels.add(`${frame.referencedSOPInstanceUID}/${offset}`);
    });
  }
  return voxels;
}

describe('a click', () => {
  test('answers with a SEG of exactly the changed slices, and says what it did in the header', async () => {
    const { id } = await client.create(SERIES, ['Ball „links“']);
    const { reply, update } = await client.editAsDicom(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    expect(reply.headers.get('Content-Type')).toBe('application/dicom');
    expect(reply.headers.get('ETag')).toBe('"2"');
    expect(reply.headers.get('Server-Timing')).toMatch(
      /archive;dur=.*volume;dur=.*encode;dur=.*decode;dur=.*seg;dur=/,
    );
    expect(update).toMatchObject({
      version: 2,
      segment: { label: 'Ball „links“', promptCount: 1, canUndo: true },
    });
    expect(update.segment.voxelCount).toBeGreaterThan(0);
    const seg = readSegmentation(reply.bytes);
    const slices = seg.frames.map(frame => SERIES.sopInstanceUIDs.indexOf(frame.referencedSOPInstanceUID));
    expect(slices).toEqual(update.changedSlices);
    expect(voxelsOf(seg).size).toBe(update.segment.voxelCount);
  });

  test('sent again with its id is the same click: same picture, same version, whatever If-Match says', async () => {
    const { id } = await client.create(SERIES);
    const body = { prompts: [click(BALL.centreLps)] };
    const first = await client.editAsDicom(id, 'prompts', body);
    const path = `/api/v1/segmentations/${id}/segments/1/prompts`;
    const again = await client.send('POST', path, body, { 'If-Match': '"1"' });
    expect(again.headers.get('ETag')).toBe('"2"');
    expect(voxelsOf(readSegmentation(again.bytes))).toEqual(voxelsOf(readSegmentation(first.reply.bytes)));
    expect((await client.read(id)).segments[0]?.prompts).toHaveLength(1);
    const moved = { promptId: body.prompts[0]?.promptId, prompt: click(OTHER_BALL.centreLps).prompt };
    expectProblem(await client.send('POST', path, { prompts: [moved] }), 'invalid-request');
  });

  test('sent twice at the same moment is one click', async () => {
    const { id } = await client.create(SERIES);
    const body = { prompts: [click(BALL.centreLps)] };
    const [one, two] = await Promise.all([
      client.edit(id, 'prompts', body),
      client.edit(id, 'prompts', body),
    ]);
    expect(one).toEqual(two);
    expect((await client.read(id)).version).toBe(2);
  });

  test('outside the images is refused and changes nothing', async () => {
    const { id } = await client.create(SERIES);
    const path = `/api/v1/segmentations/${id}/segments/1/prompts`;
    expectProblem(
      await client.send('POST', path, { prompts: [click([9999, 0, 0])] }),
      'prompt-outside-volume',
    );
    expect((await client.read(id)).version).toBe(1);
  });
});

describe('the stateless prediction', () => {
  test('equals clicking the prompts one by one', async () => {
    const clicks = [
      click(BALL.centreLps),
      click(OTHER_BALL.centreLps, 'exclude'),
      click(OTHER_BALL.centreLps),
    ];
    const { id } = await client.create(SERIES, ['A']);
    for (const each of clicks) await client.edit(id, 'prompts', { prompts: [each] });
    const clicked = await client.send('GET', `/api/v1/segmentations/${id}/dicom`);
    const { studyInstanceUID, seriesInstanceUID } = SERIES;
    const predicted = await client.send('POST', '/api/v1/predictions', {
      ...{ studyInstanceUID, seriesInstanceUID },
      segments: [{ label: 'A', prompts: clicks.map(each => each.prompt) }],
    });
    expect(predicted.status).toBe(200);
    expect(voxelsOf(readSegmentation(predicted.bytes))).toEqual(voxelsOf(readSegmentation(clicked.bytes)));
  });

  test('says which series, model or pointer is wrong', async () => {
    const { studyInstanceUID, seriesInstanceUID } = SERIES;
    const request = {
      ...{ studyInstanceUID, seriesInstanceUID },
      segments: [{ label: 'A', prompts: [click(BALL.centreLps).prompt] }],
    };
    const send = (change: object): Promise<Reply> =>
      client.send('POST', '/api/v1/predictions', { ...request, ...change });
    expectProblem(await send({ seriesInstanceUID: '1.2.3' }), 'series-not-found');
    expectProblem(await send({ model: 'none' }), 'model-not-found');
    const invalid = await send({
      segments: [{ label: 'A', prompts: [{ kind: 'point', pointLps: [1, 2] }] }],
    });
    expectProblem(invalid, 'invalid-request');
    const pointers = problemSchema.parse(invalid.json).errors?.map(error => error.pointer);
    expect(pointers).toEqual(['/segments/0/prompts/0/pointLps', '/segments/0/prompts/0/polarity']);
  });
});

describe('undo, redo and clear', () => {
  test('go back and forth, and say which slices change', async () => {
    const { id } = await client.create(SERIES);
    const first = await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    const undone = await client.edit(id, 'undo');
    expect(undone.segment).toMatchObject({ voxelCount: 0, canUndo: false, canRedo: true, promptCount: 0 });
    expect(undone.changedSlices).toEqual(first.changedSlices);
    const redone = await client.edit(id, 'redo');
    expect(redone.segment).toEqual(first.segment);
    const cleared = await client.editAsDicom(id, 'clear');
    expect(cleared.update.segment).toMatchObject({ voxelCount: 0, canUndo: true });
    const seg = readSegmentation(cleared.reply.bytes);
    expect(seg.frames).toHaveLength(first.changedSlices.length);
    expect(voxelsOf(seg).size).toBe(0);
    const again = await client.editAsDicom(id, 'clear');
    expect(again.reply.status).toBe(204);
    expect(again.update.changedSlices).toEqual([]);
    expect((await client.edit(id, 'undo')).segment.voxelCount).toBe(first.segment.voxelCount);
  });

  test('are refused where there is nothing to do', async () => {
    const { id } = await client.create(SERIES);
    for (const action of ['undo', 'redo']) {
      const path = `/api/v1/segmentations/${id}/segments/1/${action}`;
      expectProblem(await client.send('POST', path), 'nothing-to-undo');
    }
  });
});

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

describe('the door', () => {
  test('tells what the server can do, and that it is up and ready', async () => {
    const capabilities = capabilitiesSchema.parse((await client.send('GET', '/api/v1/capabilities')).json);
    expect(capabilities).toMatchObject({ product: 'tomoclick', archive: 'embedded' });
    expect(capabilities.models.filter(model => model.isDefault)).toHaveLength(1);
    expect((await client.send('GET', '/healthz')).json).toEqual({ status: 'up' });
    const ready = await client.send('GET', '/readyz');
    expect(ready.json).toMatchObject({ ready: true });
  });

  test('takes an order to warm a series, and refuses one for a model that it lacks', async () => {
    const path = `/api/v1/series/${SERIES.studyInstanceUID}/${SERIES.seriesInstanceUID}/warm`;
    expect((await client.send('POST', path)).status).toBe(202);
    expectProblem(await client.send('POST', `${path}?model=none`), 'model-not-found');
  });

  test('takes an order to prepare for a click, also for one beside the images', async () => {
    const path = `/api/v1/series/${SERIES.studyInstanceUID}/${SERIES.seriesInstanceUID}/warm-point`;
    expect((await client.send('POST', path, { pointLps: [0, 0, 0] })).status).toBe(202);
    expect((await client.send('POST', path, { pointLps: [1e6, 0, 0] })).status).toBe(202);
    expectProblem(await client.send('POST', path, { pointLps: [0, 0] }), 'invalid-request');
    expectProblem(
      await client.send('POST', `${path}?model=none`, { pointLps: [0, 0, 0] }),
      'model-not-found',
    );
  });

  test('answers what it cannot read with a problem', async () => {
    const path = '/api/v1/segmentations';
    expectProblem(await client.send('POST', path, '{"a":'), 'invalid-request');
    expectProblem(
      await client.send('POST', path, '{}', { 'Content-Type': 'text/plain' }),
      'unsupported-media-type',
    );
    expectProblem(await client.send('POST', path), 'unsupported-media-type');
    expectProblem(await client.send('POST', path, JSON.stringify('x'.repeat(2 ** 21))), 'payload-too-large');
    expectProblem(await client.send('GET', '/api/v1/nothing'), 'not-found');
    expectProblem(await client.send('GET', '/api/v1/segmentations/%E0%A4%A'), 'invalid-request');
    const { id } = await client.create(SERIES);
    const undo = `/api/v1/segmentations/${id}/segments/1/undo`;
    expectProblem(await client.send('POST', undo, undefined, { Accept: 'text/csv' }), 'not-acceptable');
  });

  test('keeps other sites out', async () => {
    const body = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
    const foreign = { Origin: 'http://evil.example' };
    const refused = await client.send('POST', '/api/v1/segmentations', body, foreign);
    expectProblem(refused, 'forbidden');
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const ours = await client.send('POST', '/api/v1/segmentations', body, { Origin: server.url });
    expect(ours.status).toBe(201);
  });

  test('takes the name that a caller gives a request, where it is harmless', async () => {
    const named = await client.send('GET', '/healthz', undefined, { 'X-Request-Id': 'abc-1' });
    expect(named.headers.get('X-Request-Id')).toBe('abc-1');
    const odd = await client.send('GET', '/healthz', undefined, { 'X-Request-Id': 'a b"c' });
    expect(odd.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('compresses SEG objects and metadata', async () => {
    const { studyInstanceUID, seriesInstanceUID } = SERIES;
    const metadata = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/metadata`;
    const reply = await client.send('GET', metadata);
    expect(reply.headers.get('Content-Encoding')).toMatch(/gzip|br/);
  });
});

test('the log names routes, and no UID, no patient and no query', async () => {
  await client.send('GET', '/dicom-web/studies?PatientName=Phantom*');
  await client.send('GET', `/dicom-web/studies/${SERIES.studyInstanceUID}/series`);
  const log = server.log();
  expect(log).toContain('/api/v1/segmentations/{id}/segments/{segmentNumber}/prompts');
  expect(log).not.toMatch(/Phantom|PatientName|\d\.\d+\.\d{3}/);
});
