import { afterEach, describe, expect, test } from '@jest/globals';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { affineFromColumns } from '../../server/src/domain/affine.ts';
import { FakeArchive, MULTIPART_TYPE, multipartOf } from '../fixtures/fakeArchive.ts';
import { seriesFiles, type SeriesFilesOptions } from '../fixtures/seriesFiles.ts';

/** More than are under way at a time, so that the memory of read files is used again. */
const SLICES = 40;
const SERIES: SeriesFilesOptions = {
  ijkToLps: affineFromColumns([0.7, 0, 0], [0, 0.7, 0], [0, 0, 1.5], [-180, -180, 0]),
  ...{ columns: 6, rows: 5, sliceCount: SLICES, valueAt: (i, j, k) => 100 * k + 10 * j + i },
  ...{ studyInstanceUID: '1.2.826.3', seriesInstanceUID: '1.2.826.3.1' },
};
const CONTENT_LENGTH = /\r\nContent-Length: \d+/g;

let fake: FakeArchive | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

describe('a volume from a PACS holds each slice in its place', () => {
  const message = multipartOf(seriesFiles(SERIES));
  const withoutLengths = Buffer.from(message.toString('latin1').replaceAll(CONTENT_LENGTH, ''), 'latin1');
  test.each([
    ['parts of told length', message],
    ['parts of unknown length', withoutLengths],
  ])('of %s', async (_, body) => {
    fake = await FakeArchive.start((__, response) => {
      response.setHeader('Content-Type', MULTIPART_TYPE);
      response.end(body);
    });
    const ports = { imageArchive: new RemoteArchive(fake.url), sliceDecoder: new DicomSliceDecoder() };
    const { values, geometry } = await assembleVolume(SERIES, ports, new AbortController().signal);
    expect(geometry.shapeIjk).toEqual([6, 5, SLICES]);
    const expected = Array.from({ length: SLICES * 30 }, (__, n) =>
      SERIES.valueAt?.(n % 6, Math.floor(n / 6) % 5, Math.floor(n / 30)),
    );
    expect([...values]).toEqual(expected);
  });
});
