import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DicomFrameDecoder } from '../../server/src/adapters/dicom/dicomFrameDecoder.ts';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { textOf } from '../../server/src/domain/datasetValues.ts';
import { affineFromColumns } from '../../server/src/domain/affine.ts';
import { sharedMeaning } from '../../server/src/domain/valueMeaning.ts';
import { sopInstanceUIDOf } from '../../server/src/formats/part10.ts';
import { testDataFolder } from '../data/testData.ts';
import { convertedByDcmtk, hasDcmtk } from '../external/dcmtk.ts';
import type { FakeArchive } from '../fixtures/fakeArchive.ts';
import { framesOnly } from '../fixtures/framesOnly.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { DicomWebServer, OPENING_TIMEOUT_MS } from './dicomWebServer.ts';

const STUDY = '1.2.826.4';
const SERIES = { studyInstanceUID: STUDY, seriesInstanceUID: `${STUDY}.1` };
const never = new AbortController().signal;

const plain = seriesFiles({
  ijkToLps: affineFromColumns([0.7, 0.1, 0], [-0.1, 0.7, 0], [0, 0, 2.5], [-100.25, 12.5, 40]),
  ...{ columns: 21, rows: 17, sliceCount: 9, valueAt: (i, j, k) => i * 40 - j * 31 + k },
  ...SERIES,
  changes: {
    ...{ PatientName: 'Müller^Jörg=山田^太郎', Modality: 'PT', Units: 'BQML', PatientWeight: '71.5' },
    ...{ CorrectedImage: 'DECY\\ATTN', DecayCorrection: 'ADMIN', RescaleSlope: '0.731' },
    PixelPaddingValue: [3],
    RadiopharmaceuticalInformationSequence: [
      { RadionuclideTotalDose: '370000000', RadionuclideHalfLife: '6586.2' },
    ],
  },
});
/** Some of the slices compressed, where there is somebody to do it. */
const files = plain.map((file, k) => {
  if (!hasDcmtk() || k % 3 === 0) return file;
  return k % 3 === 1 ? convertedByDcmtk(file, 'dcmcrle') : convertedByDcmtk(file, 'dcmcjpls');
});
const data = testDataFolder();
if (!data) console.log('SKIPPED: frames of a real multi-frame image: TOMOCLICK_TEST_DATA is not found');
const testWithData = data ? test : test.skip;
const multiFrame = data
  ? readFileSync(join(data, 'dicom/pydicom-samples/emri_small_jpeg_ls_lossless.dcm'))
  : undefined;

describe('an archive that hands out nothing but metadata and frames', () => {
  let whole: DicomWebServer;
  let gate: FakeArchive;
  let archive: RemoteArchive;

  beforeAll(async () => {
    whole = await DicomWebServer.holding([...files, ...(multiFrame ? [multiFrame] : [])]);
    gate = await framesOnly(whole.root);
    archive = new RemoteArchive(gate.url);
  }, OPENING_TIMEOUT_MS);
  afterAll(async () => {
    await gate.stop();
    await whole.close();
  });

  test('gives the slices of a series as their files do, compressed ones too', async () => {
    const retrieved: Uint8Array[] = [];
    for await (const file of archive.retrieveSeries(SERIES, never)) retrieved.push(file);
    const byUid = new Map(retrieved.map(file => [sopInstanceUIDOf(file), file]));
    expect(byUid.size).toBe(files.length);
    for (const file of files) {
      const slice = await firstSliceOf(byUid.get(sopInstanceUIDOf(file)) ?? Buffer.alloc(0));
      expect(slice).toEqual(await firstSliceOf(file));
      expect(sharedMeaning([slice.valueMeaning]).meaning).toEqual({ units: 'SUVbw', warnings: [] });
    }
    expect(gate.requests.some(({ url }) => url?.includes('/frames/1'))).toBe(true);
  });

  test('gives them so also where it names its plain pixels after the file that holds them', async () => {
    // Implicit VR: the pixels are the same as in explicit VR.
    const renamed = await framesOnly(whole.root, body =>
      Buffer.from(
        body.toString('latin1').replaceAll(/(transfer-syntax=1\.2\.840\.10008\.1\.2)\.1(?=\s)/g, '$1'),
        'latin1',
      ),
    );
    try {
      for await (const file of new RemoteArchive(renamed.url).retrieveSeries(SERIES, never)) {
        const stored = files.find(each => sopInstanceUIDOf(each) === sopInstanceUIDOf(file));
        expect(await firstSliceOf(file)).toEqual(await firstSliceOf(stored ?? Buffer.alloc(0)));
      }
    } finally {
      await renamed.stop();
    }
  });

  testWithData('gives every frame of a multi-frame image, as its file does', async () => {
    if (!multiFrame) throw new Error('the test needs its data');
    const [instance] = await whole.search('/instances?Modality=MR&limit=1');
    const series = {
      studyInstanceUID: textOf(instance ?? {}, '0020000D'),
      seriesInstanceUID: textOf(instance ?? {}, '0020000E'),
    };
    const retrieved: Uint8Array[] = [];
    for await (const file of archive.retrieveSeries(series, never)) retrieved.push(file);
    expect(retrieved).toHaveLength(1);
    const decoder = new DicomFrameDecoder();
    for (let frame = 0; frame < 10; frame++) {
      const expected = await decoder.decodeFrame(multiFrame, frame);
      expect(await decoder.decodeFrame(retrieved[0] ?? multiFrame, frame)).toEqual(expected);
    }
  });

  test('does not know a series that is not there', async () => {
    const series = { studyInstanceUID: STUDY, seriesInstanceUID: '1.2.3' };
    const retrieval = archive.retrieveSeries(series, never);
    await expect(retrieval[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'series-not-found',
    });
  });
});
