import { beforeAll, expect, test } from '@jest/globals';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { affineFromColumns, scale } from '../../server/src/domain/affine.ts';
import { voxelAt } from '../../server/src/domain/mask.ts';
import { newUid } from '../../server/src/domain/uid.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { sameGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { turnedAxes } from '../fixtures/obliqueAffines.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { maskOf, segmentationOf, segmentOf } from '../fixtures/segmentations.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';

export const STUDY = '1.2.826.0.1.3680043.8.498.1';
export const SERIES = `${STUDY}.1`;
export const series = { studyInstanceUID: STUDY, seriesInstanceUID: SERIES };
const [x, y, z] = turnedAxes(0.1, -0.2, 0.15);
export const ijkToLps = affineFromColumns(scale(x, 0.7), scale(y, 0.8), scale(z, 2.5), [-100, -120, 40]);
export const valueAt = (i: number, j: number, k: number): number => i + 20 * j + 400 * k;
export const files = seriesFiles({
  ...{ ijkToLps, columns: 13, rows: 11, sliceCount: 9, valueAt },
  ...{ studyInstanceUID: STUDY, seriesInstanceUID: SERIES },
  changes: { PatientName: 'Müller^Jörg=山田^太郎' },
});
const never = new AbortController().signal;

export interface HeldArchive {
  /** DICOMweb root, without a trailing slash. */
  readonly root: string;
  /** Takes a series of the study away, by whatever way the archive has for that. */
  deleteSeries(seriesInstanceUID: string): Promise<void>;
}

/** What the server asks of an archive over DICOMweb, be it a PACS or the embedded one. */
export function archiveContract(held: () => HeldArchive, timeoutMs: number): void {
  let archive: RemoteArchive;

  beforeAll(async () => {
    archive = new RemoteArchive(held().root);
    for (const file of files) await archive.store(STUDY, file, never);
  }, timeoutMs);

  const volume = (): Promise<Volume> =>
    assembleVolume(series, { imageArchive: archive, sliceDecoder: new DicomSliceDecoder() }, never);
  const found = async (query: string): Promise<readonly string[]> => {
    const response = await fetch(`${held().root}/${query}`, {
      headers: { Accept: 'application/dicom+json' },
    });
    if (response.status === 204) return [];
    const datasets = (await response.json()) as readonly Record<
      string,
      { readonly Value?: readonly string[] }
    >[];
    return datasets.map(dataset => (dataset['0020000E'] ?? dataset['0020000D'])?.Value?.[0] ?? '');
  };

  test('answers a ping', async () => {
    await expect(archive.ping(never)).resolves.toBeUndefined();
  });

  test('gives a series as the volume that was sent', async () => {
    const { geometry, values, rescale, slices, patientStudy } = await volume();
    const expected = { shapeIjk: [13, 11, 9] as const, ijkToLps, frameOfReferenceUID: `${STUDY}.9` };
    expect(sameGeometry(geometry, expected)).toBe(true);
    expect(values).toHaveLength(13 * 11 * 9);
    expect(rescale).toEqual({ slope: 1, intercept: -1024 });
    expect(values[(4 * 11 + 3) * 13 + 2]).toBe(valueAt(2, 3, 4));
    expect(slices.map(slice => slice?.sopInstanceUID)).toEqual(files.map((_, k) => `${SERIES}.${k}`));
    expect(patientStudy.patientName).toBe('Müller^Jörg=山田^太郎');
  });

  test('says how many instances a series holds', async () => {
    expect(await archive.countInstances(series, never)).toBe(9);
    expect(await archive.countInstances({ ...series, seriesInstanceUID: '1.2.3' }, never)).toBe(0);
  });

  test('takes a SEG and gives it back voxel for voxel', async () => {
    const source = await volume();
    const box = { minIjk: [1, 2, 3], maxIjk: [12, 10, 8] } as const;
    const mask = maskOf(source.geometry.shapeIjk, box, (i, j, k) => (i * j + k) % 3 === 0);
    const uids = { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
    const part10 = new DicomSegmentationEncoder().encode(segmentationOf(source, [segmentOf(mask)], uids));
    await archive.store(STUDY, part10, never);
    const stored: Uint8Array[] = [];
    const { seriesInstanceUID } = uids;
    for await (const file of archive.retrieveSeries({ studyInstanceUID: STUDY, seriesInstanceUID }, never)) {
      stored.push(file);
    }
    expect(stored).toHaveLength(1);
    const { frames } = readSegmentation(stored[0] ?? new Uint8Array());
    expect(frames.map(frame => frame.referencedSOPInstanceUID)).toEqual(
      [3, 4, 5, 6, 7].map(k => `${SERIES}.${k}`),
    );
    frames.forEach((frame, index) => {
      frame.pixels.forEach((voxel, n) => {
        if (voxel !== voxelAt(mask, n % 13, Math.floor(n / 13), index + 3))
          throw new Error(`voxel ${n} differs`);
      });
    });
  });

  test.each(['none', 'rle', 'deflate'] as const)(
    'takes a LABELMAP (%s) and gives it back',
    async compression => {
      const source = await volume();
      const box = { minIjk: [1, 2, 3], maxIjk: [12, 10, 8] } as const;
      const { shapeIjk } = source.geometry;
      const masks = [0, 1].map(rest => maskOf(shapeIjk, box, (i, j, k) => (i * j + k) % 3 === rest));
      const uids = { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
      const format = { segmentationType: 'LABELMAP', compression, frames: 'non-empty' } as const;
      const part10 = new DicomSegmentationEncoder().encode(
        segmentationOf(
          source,
          masks.map(mask => segmentOf(mask)),
          { ...uids, format },
        ),
      );
      await archive.store(STUDY, part10, never);
      const stored: Uint8Array[] = [];
      const { seriesInstanceUID } = uids;
      for await (const file of archive.retrieveSeries(
        { studyInstanceUID: STUDY, seriesInstanceUID },
        never,
      )) {
        stored.push(file);
      }
      expect(stored).toHaveLength(1);
      expect(Buffer.compare(stored[0] ?? new Uint8Array(), part10)).toBe(0);
    },
  );

  test('does not know a series that is not there', async () => {
    const nowhere = archive.retrieveSeries({ studyInstanceUID: STUDY, seriesInstanceUID: '1.2.3' }, never);
    await expect(nowhere[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'series-not-found' });
  });

  test('finds a study and its series', async () => {
    expect(await found(`studies?StudyInstanceUID=${STUDY}`)).toEqual([STUDY]);
    expect(await found(`studies/${STUDY}/series?Modality=CT`)).toEqual([SERIES]);
    expect(await found(`studies/${STUDY}/series?Modality=PT`)).toEqual([]);
  });

  test('holds no more of a series that was taken away', async () => {
    const own = { studyInstanceUID: STUDY, seriesInstanceUID: `${STUDY}.5` };
    for (const file of seriesFiles({
      ...{ ijkToLps, columns: 5, rows: 4, sliceCount: 3, valueAt },
      ...own,
    })) {
      await archive.store(STUDY, file, never);
    }
    expect(await archive.countInstances(own, never)).toBe(3);
    await held().deleteSeries(own.seriesInstanceUID);
    const retrieved = archive.retrieveSeries(own, never);
    await expect(retrieved[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'series-not-found',
    });
    expect(await found(`studies/${STUDY}/series?SeriesInstanceUID=${own.seriesInstanceUID}`)).toEqual([]);
    expect(await archive.countInstances(own, never)).toBe(0);
    expect(await archive.countInstances(series, never)).toBe(9);
  });
}
