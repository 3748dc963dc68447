import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  segmentationListSchema,
  segmentationSchema,
  type SegmentationContract,
} from '../../server/src/contract/segmentation.ts';
import { adaptationPreviewSchema, type AdaptationPreview } from '../../server/src/contract/adaptation.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { exemplarSetSchema } from '../../server/src/contract/exemplarSet.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { imageKey, phaseSeries } from '../phantom/landmarkSeries.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

const PHASE = 1;
const SERIES = phaseSeries(PHASE);
const OTHER_PATIENT = smallSeries();
const { image } = SERIES.series;

describe('a series of three time points through the server', () => {
  let server: RunningServer;
  let client: ApiClient;
  let removeFolders: () => void;

  beforeAll(async () => {
    const { home, imports, remove } = prepareFolders([...SERIES.files, ...OTHER_PATIENT.files]);
    removeFolders = remove;
    server = await startServer(home, { imports: [imports] });
    client = new ApiClient(server.url);
  }, STARTING_TIMEOUT_MS);

  afterAll(async () => {
    await server.end('SIGTERM');
    removeFolders();
  });

  async function create(series: object): Promise<SegmentationContract> {
    const body = { ...series, segments: [{ label: 'Landmark' }] };
    return segmentationSchema.parse((await client.send('POST', '/api/v1/segmentations', body)).json);
  }

  test('keeps the masks of a segmentation on the time point of the image that it names', async () => {
    const { id } = await create(SERIES.series);
    expect((await client.read(id)).image).toEqual(image);
    await client.edit(id, 'prompts', { prompts: [click(SERIES.landmarkLps)] });
    const { status, bytes } = await client.send('GET', `/api/v1/segmentations/${id}/dicom`, undefined, {
      Accept: 'application/dicom',
    });
    expect(status).toBe(200);
    const { frames } = readSegmentation(bytes);
    expect(frames.length).toBeGreaterThan(0);
    for (const { referencedSOPInstanceUID, imagePositionPatient } of frames) {
      expect(referencedSOPInstanceUID).toMatch(`${SERIES.series.seriesInstanceUID}.${PHASE + 1}.`);
      expect(imagePositionPatient).toEqual(SERIES.originLps.get(imageKey(referencedSOPInstanceUID)));
    }
  }, 120_000);

  test('is prepared, and its segmentations found, by the image that names the time point', async () => {
    const { id } = await create(SERIES.series);
    const { studyInstanceUID, seriesInstanceUID } = SERIES.series;
    const found = async (sopInstanceUID: string): Promise<string[]> => {
      const query = new URLSearchParams({ seriesInstanceUID, sopInstanceUID });
      const { json } = await client.send('GET', `/api/v1/segmentations?${query}`);
      return segmentationListSchema.parse(json).segmentations.map(segmentation => segmentation.id);
    };
    expect(await found(image?.sopInstanceUID ?? '')).toContain(id);
    expect(await found(`${seriesInstanceUID}.1.0`)).toEqual([]);

    const path = `/api/v1/series/${studyInstanceUID}/${seriesInstanceUID}`;
    const named = `?sopInstanceUID=${seriesInstanceUID}.3.0`;
    const pointLps = SERIES.landmarkLps;
    expect((await client.send('POST', `${path}/warm${named}`)).status).toBe(202);
    expect((await client.send('POST', `${path}/warm-point${named}`, { pointLps })).status).toBe(202);
    const third = await create({ ...SERIES.series, image: { sopInstanceUID: `${seriesInstanceUID}.3.0` } });
    await client.edit(third.id, 'prompts', { prompts: [click(pointLps)] });
    expect(server.log()).not.toContain('background work failed');
    await client.send('POST', `${path}/warm`);
    while (!server.log().includes('background work failed')) await setTimeout(50);
  }, 120_000);

  test('asks for an image where none is named, and loses nothing', async () => {
    const { studyInstanceUID, seriesInstanceUID } = SERIES.series;
    const { id } = await create({ studyInstanceUID, seriesInstanceUID });
    const path = `/api/v1/segmentations/${id}/segments/1/prompts`;
    const reply = await client.send('POST', path, { prompts: [click(SERIES.landmarkLps)] });
    expectProblem(reply, 'unsupported-geometry');
    expect(reply.json).toMatchObject({ volumeCount: 3, volumes: [{}, {}, {}] });
    expect((await client.read(id)).segments[0]?.voxelCount).toBe(0);
  }, 120_000);

  test('knows of a stored segmentation which time point it is of, to open it and to learn from it', async () => {
    const { studyInstanceUID, seriesInstanceUID } = SERIES.series;
    const { id } = await create(SERIES.series);
    const { segment } = await client.edit(id, 'prompts', { prompts: [click(SERIES.landmarkLps)] });
    const saved = await client.send('POST', `/api/v1/segmentations/${id}/store`);
    const [save] = segmentationSchema.parse(saved.json).stored;
    const object = {
      ...{ seriesInstanceUID: save!.seriesInstanceUID, sopInstanceUID: save!.sopInstanceUID },
    };
    const inArchive = { studyInstanceUID, seriesInstanceUID, object };
    const reply = await client.send('POST', '/api/v1/segmentations/open', inArchive);
    const opened = segmentationSchema.parse(reply.json);
    expect(opened.image?.sopInstanceUID).toMatch(`${seriesInstanceUID}.${PHASE + 1}.`);
    expect(opened.segments).toMatchObject([{ label: 'Landmark', voxelCount: segment.voxelCount }]);

    const examples = { title: 'Landmark', cases: [{ kind: 'object', ...inArchive }] };
    const made = exemplarSetSchema.parse((await client.send('POST', '/api/v1/exemplar-sets', examples)).json);
    expect(made.cases).toMatchObject([{ image: opened.image, labels: ['Landmark'] }]);
  }, 120_000);

  test('has two cases to learn from in two time points, of one patient, and in one time point a case', async () => {
    const { seriesInstanceUID } = SERIES.series;
    const segmented = async (series: object, pointLps: Vector3): Promise<object> => {
      const { id } = await create(series);
      await client.edit(id, 'prompts', { prompts: [click(pointLps)] });
      return { kind: 'workspace', segmentationId: id };
    };
    const ofImage = (sopInstanceUID: string): Promise<object> =>
      segmented({ ...SERIES.series, image: { sopInstanceUID } }, SERIES.landmarkLps);
    const { studyInstanceUID, ...other } = OTHER_PATIENT;
    const elsewhere = await segmented(
      { studyInstanceUID, seriesInstanceUID: other.seriesInstanceUID },
      other.balls[0]!.centreLps,
    );
    const [second, third] = [
      await ofImage(`${seriesInstanceUID}.2.0`),
      await ofImage(`${seriesInstanceUID}.3.0`),
    ];
    const preview = async (...cases: readonly object[]): Promise<AdaptationPreview> => {
      const body = { title: 'Landmark', cases, settings: { folds: 2 } };
      const reply = await client.send('POST', '/api/v1/adaptations/preview', body);
      return adaptationPreviewSchema.parse(reply.json);
    };
    const apart = await preview(second, third, elsewhere);
    expect(apart).toMatchObject({ canStart: true, patients: 2 });
    const [one, same, foreign] = apart.cases;
    expect(same).toMatchObject({ patientKey: one!.patientKey, fold: one!.fold });
    expect(foreign!.fold).not.toBe(one!.fold);

    // Another image names the same time point.
    const twice = await preview(second, third, elsewhere, await ofImage(`${seriesInstanceUID}.2.1`));
    expect(twice.warnings.filter(({ isFatal }) => isFatal)).toMatchObject([
      { code: 'series-twice', detail: expect.stringContaining('Case 4') },
    ]);

    const examples = { title: 'Landmark', cases: [second, third] };
    const made = await client.send('POST', '/api/v1/exemplar-sets', examples);
    expect(exemplarSetSchema.parse(made.json).warnings).toMatchObject([{ code: 'one-patient' }]);
  }, 240_000);
});
