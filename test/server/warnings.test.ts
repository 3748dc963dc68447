import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WARNINGS_HEADER, warningSchema } from '../../server/src/contract/warning.ts';
import { affineFromColumns, applyAffine } from '../../server/src/domain/affine.ts';
import type { Attributes } from '../fixtures/part10.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { ApiClient, click } from './apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';

const ijkToLps = affineFromColumns([4, 0, 0], [0, 4, 0], [0, 0, 4], [-60, -60, 0]);
const CLICK_LPS = applyAffine(ijkToLps, [16, 16, 10]);
const PET: Attributes = {
  ...{ SOPClassUID: '1.2.840.10008.5.1.4.1.1.128', Modality: 'PT', Units: 'BQML' },
  ...{ CorrectedImage: 'DECY\\ATTN', DecayCorrection: 'START', RescaleIntercept: '0' },
  ...{ SeriesDate: '20240229', SeriesTime: '101530', AcquisitionDate: '20240229', AcquisitionTime: '101600' },
  RadiopharmaceuticalInformationSequence: [
    {
      RadionuclideTotalDose: '370000000',
      RadionuclideHalfLife: '6586.2',
      RadiopharmaceuticalStartTime: '091230',
    },
  ],
};

/** A hot ball in a PET series. */
function petSeries(studyInstanceUID: string, changes: Attributes): readonly Buffer[] {
  return seriesFiles({
    ...{ ijkToLps, columns: 32, rows: 32, sliceCount: 20 },
    valueAt: (i, j, k) => (Math.hypot(i - 16, j - 16, k - 10) < 5 ? 20_000 : 900),
    ...{ studyInstanceUID, seriesInstanceUID: `${studyInstanceUID}.1` },
    changes: { ...PET, ...changes },
  });
}

const [WEIGHED, UNWEIGHED] = ['1.2.826.1.1', '1.2.826.1.2'] as const;
const seriesOf = (studyInstanceUID: string): { studyInstanceUID: string; seriesInstanceUID: string } => ({
  studyInstanceUID,
  seriesInstanceUID: `${studyInstanceUID}.1`,
});
let server: RunningServer;
let client: ApiClient;
let removeFolders: () => void;

beforeAll(async () => {
  const files = [...petSeries(WEIGHED, { PatientWeight: '71.5' }), ...petSeries(UNWEIGHED, {})];
  const { home, imports, remove } = prepareFolders(files);
  removeFolders = remove;
  server = await startServer(home, { imports: [imports] });
  client = new ApiClient(server.url);
}, 120_000);
afterAll(async () => {
  await server.end('SIGTERM');
  removeFolders();
});

async function warningsOf(studyInstanceUID: string): Promise<{ update: unknown; header: unknown }> {
  const series = seriesOf(studyInstanceUID);
  const { id } = await client.create(series);
  const { warnings } = await client.edit(id, 'prompts', { prompts: [click(CLICK_LPS)] });
  const reply = await client.send('POST', '/api/v1/predictions', {
    ...series,
    segments: [{ label: 'Lesion', prompts: [click(CLICK_LPS).prompt] }],
  });
  expect(reply.status).toBe(200);
  return { update: warnings, header: JSON.parse(reply.headers.get(WARNINGS_HEADER) ?? 'null') as unknown };
}

test('a PET series whose SUV cannot be calculated is segmented, with a warning that names what is missing', async () => {
  const { update, header } = await warningsOf(UNWEIGHED);
  expect(update).toEqual([expect.objectContaining({ code: 'suv-unknown', keywords: ['PatientWeight'] })]);
  expect(warningSchema.array().parse(header)).toEqual(update);
});

test('a PET series that says all that SUV needs is segmented without a word', async () => {
  expect(await warningsOf(WEIGHED)).toEqual({ update: [], header: null });
});
