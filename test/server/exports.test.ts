import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { segmentationSchema, storedObjectSchema } from '../../server/src/contract/segmentation.ts';
import { LONGEST_UID_ROOT } from '../../server/src/domain/uid.ts';
import { dciodvfy, hasDciodvfy } from '../external/dciodvfy.ts';
import { itemsOf } from '../fixtures/readSegmentation.ts';
import { click, type ApiClient, type Reply } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { BALL, OTHER_BALL, SERIES, SmallSeriesServer, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

/** As long as may be: what the configuration takes, UIDs have to have room for. */
const UID_ROOT = '1.2.826.0.1.3680043.10.'.padEnd(LONGEST_UID_ROOT, '9');
let running: SmallSeriesServer;
let client: ApiClient;
beforeAll(async () => {
  running = await SmallSeriesServer.start({ TOMOCLICK_UID_ROOT: UID_ROOT });
  ({ client } = running);
}, STARTING_TIMEOUT_MS);
afterAll(() => running.end());

const exportsOf = (id: string): string => `/api/v1/segmentations/${id}/exports`;

describe('a segmentation leaves DICOM SEG', () => {
  let id: string;
  let voxelCounts: readonly number[];
  beforeAll(async () => {
    ({ id } = await client.create(SERIES, ['A', 'empty', 'Liver']));
    const a = await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
    const b = await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 3);
    voxelCounts = [a.segment.voxelCount, b.segment.voxelCount];
  }, 60_000);

  test('as an RT Structure Set that keeps the numbers of its segments', async () => {
    const reply = await client.send('GET', `${exportsOf(id)}/rtstruct`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('Content-Type')).toBe('application/dicom');
    expect(reply.headers.get('Content-Disposition')).toContain('rtstruct.dcm');
    const dataSet = dicomParser.parseDicom(reply.bytes);
    expect(dataSet.string('x00080060')).toBe('RTSTRUCT');
    const rois = itemsOf(dataSet, 'x30060020');
    expect(rois.map(roi => [roi.intString('x30060022'), roi.string('x30060026')])).toEqual([
      [1, 'A'],
      [3, 'Liver'],
    ]);
    if (hasDciodvfy()) expect(dciodvfy(reply.bytes).errors).toEqual([]);
  });

  test('as an RT Structure Set in the archive', async () => {
    const reply = await client.send('POST', `${exportsOf(id)}/rtstruct`);
    expect(reply.status).toBe(201);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = storedObjectSchema.parse(reply.json);
    const series = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}`;
    expect(reply.headers.get('Location')).toBe(`${series}/instances/${sopInstanceUID}`);
    const found = await client.send('GET', `${series}/metadata`, undefined, {
      Accept: 'application/dicom+json',
    });
    expect(found.json).toMatchObject([
      {
        '00080060': { Value: ['RTSTRUCT'] },
        '00080018': { Value: [sopInstanceUID] },
        '30060020': { Value: [{ '30060026': { Value: ['A'] } }, { '30060026': { Value: ['Liver'] } }] },
        '30060039': { Value: [{}, {}] },
      },
    ]);
  });

  test('as an RT Structure Set once a version, however often it is asked for', async () => {
    const stored = async (): Promise<string> => {
      const reply = await client.send('POST', `${exportsOf(id)}/rtstruct`);
      expect(reply.status).toBe(201);
      return storedObjectSchema.parse(reply.json).seriesInstanceUID;
    };
    const inArchive = async (): Promise<number> => {
      const query = `/dicom-web/studies/${SERIES.studyInstanceUID}/series?Modality=RTSTRUCT`;
      return ((await client.send('GET', query)).json as unknown[]).length;
    };
    const save = async (): Promise<unknown> => {
      const reply = await client.send('POST', `/api/v1/segmentations/${id}/store`);
      return segmentationSchema.parse(reply.json).stored;
    };
    const [first, ...again] = await Promise.all([stored(), stored()]);
    expect(again).toEqual([first]);
    const before = await inArchive();
    const saved = await save();
    expect(await stored()).toBe(first);
    expect(await save()).toEqual(saved);
    expect(await inArchive()).toBe(before);
    await client.edit(id, 'undo', undefined, 3);
    expect(await stored()).not.toBe(first);
    expect(await inArchive()).toBe(before + 1);
    await client.edit(id, 'redo', undefined, 3);
  }, 60_000);

  test('as an RT Structure Set of the version that was looked at, and of no other', async () => {
    const storedAt = (version: number): Promise<Reply> =>
      client.send('POST', `${exportsOf(id)}/rtstruct`, undefined, { 'If-Match': `"${version}"` });
    const { version: seen } = await client.read(id);
    await client.edit(id, 'undo', undefined, 3);
    const { version } = await client.edit(id, 'redo', undefined, 3);
    expectProblem(await storedAt(seen), 'precondition-failed');
    const stored = await storedAt(version);
    expect(stored.status).toBe(201);
    // Storing changes nothing: asked once more, the caller has seen what is stored.
    expect((await storedAt(version)).json).toEqual(stored.json);
    expectProblem(await storedAt(seen), 'precondition-failed');
  }, 60_000);

  test('as a NIfTI image of the numbers of its segments', async () => {
    const reply = await client.send('GET', `${exportsOf(id)}/nifti`, undefined, {
      'Accept-Encoding': 'identity',
    });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('Content-Type')).toBe('application/gzip');
    expect(reply.headers.get('Content-Disposition')).toContain('segmentation.nii.gz');
    const content = gunzipSync(reply.bytes);
    const labels = content.subarray(content.readFloatLE(108));
    expect([1, 2, 3].map(label => labels.filter(voxel => voxel === label).length)).toEqual([
      voxelCounts[0],
      0,
      voxelCounts[1],
    ]);
  });
});

test('what is made here has its UIDs below the root that the organisation has configured', async () => {
  const { id } = await client.create(SERIES, ['A']);
  await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
  const made = [
    await client.send('GET', `/api/v1/segmentations/${id}/dicom`),
    await client.send('GET', `${exportsOf(id)}/rtstruct`),
  ].map(reply => dicomParser.parseDicom(reply.bytes));
  const [seg] = made;
  const uids = made.flatMap(dataSet => [dataSet.string('x0020000e'), dataSet.string('x00080018')]);
  uids.push(itemsOf(seg!, 'x00209221')[0]?.string('x00209164')); // DimensionOrganizationUID
  uids.push(itemsOf(seg!, 'x00620002')[0]?.string('x00620021')); // TrackingUID
  for (const uid of uids)
    expect(uid).toMatch(new RegExp(`^${UID_ROOT.replaceAll('.', '\\.')}\\.\\d{20,31}$`));
  expect(new Set(uids).size).toBe(uids.length);
});

test('what is empty or does not exist is not exported', async () => {
  const { id } = await client.create(SERIES);
  for (const format of ['rtstruct', 'nifti']) {
    expectProblem(await client.send('GET', `${exportsOf(id)}/${format}`), 'empty-segmentation');
    const absent = exportsOf('00000000-0000-4000-8000-000000000000');
    expectProblem(await client.send('GET', `${absent}/${format}`), 'segmentation-not-found');
    expectProblem(await client.send('POST', `${exportsOf(id)}/rtstruct`), 'empty-segmentation');
  }
  expectProblem(await client.send('GET', `${exportsOf(id)}/stl`), 'not-found');
});
