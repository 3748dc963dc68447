import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problemSchema } from '../../server/src/contract/problem.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { voxelsOf } from '../fixtures/segmentationVoxels.ts';
import { click, type ApiClient, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start();
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

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
    const asJson = await client.edit(id, 'undo');
    expect(slices).toEqual(asJson.changedSlices);
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

  test('further away than any patient is no position, and spoils nothing', async () => {
    const { id } = await client.create(SERIES);
    await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    const before = await client.read(id);
    const far = 1e308;
    const box = {
      kind: 'box',
      cornersLps: [
        [-far, -far, -far],
        [far, far, far],
      ],
    };
    for (const prompt of [box, { ...box, normalLps: [0, 0, far] }, click([far, 0, 0]).prompt]) {
      const prompts = [{ promptId: crypto.randomUUID(), prompt }];
      const path = `/api/v1/segmentations/${id}/segments/1/prompts`;
      expectProblem(await client.send('POST', path, { prompts }), 'invalid-request');
    }
    expect(await client.read(id)).toEqual(before);
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
    expect(first.segment.lastPromptVersion).toBe(first.version);
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
    expect(again.update.segment).toEqual(cleared.update.segment);
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
