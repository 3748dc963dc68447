import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { convertedByDcmtk, hasDcmtk } from '../external/dcmtk.ts';
import { framesOnly } from '../fixtures/framesOnly.ts';
import { turnedAxes } from '../fixtures/obliqueAffines.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { maskOf, segmentationOf, segmentOf } from '../fixtures/segmentations.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { findOrthanc, startOrthanc, type RunningOrthanc } from './startOrthanc.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { affineFromColumns, scale } from '../../server/src/domain/affine.ts';
import { voxelAt } from '../../server/src/domain/mask.ts';
import { newUid } from '../../server/src/domain/uid.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { sameGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { dicomWebProxyRouter } from '../../server/src/http/routes/dicomWebProxy.ts';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';

const installed = findOrthanc() !== undefined;
if (!installed) console.log('SKIPPED: the contract with a real PACS: Orthanc with DICOMweb is not installed');
if (!hasDcmtk()) console.log('SKIPPED: compressed images from a real PACS: dcmtk is not installed');
const testWithDcmtk = hasDcmtk() ? test : test.skip;
const describeWithOrthanc = installed ? describe : describe.skip;

const STUDY = '1.2.826.0.1.3680043.8.498.1';
const SERIES = `${STUDY}.1`;
const series = { studyInstanceUID: STUDY, seriesInstanceUID: SERIES };
const [x, y, z] = turnedAxes(0.1, -0.2, 0.15);
const ijkToLps = affineFromColumns(scale(x, 0.7), scale(y, 0.8), scale(z, 2.5), [-100, -120, 40]);
const valueAt = (i: number, j: number, k: number): number => i + 20 * j + 400 * k;
const files = seriesFiles({
  ...{ ijkToLps, columns: 13, rows: 11, sliceCount: 9, valueAt },
  ...{ studyInstanceUID: STUDY, seriesInstanceUID: SERIES },
  changes: { PatientName: 'Müller^Jörg=山田^太郎' },
});
const never = new AbortController().signal;

describeWithOrthanc('a real PACS (Orthanc)', () => {
  let orthanc: RunningOrthanc;
  let archive: RemoteArchive;
  let proxy: Server;
  let proxyUrl: string;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    archive = new RemoteArchive(orthanc.archiveUrl);
    for (const file of files) await archive.store(STUDY, file, never);
    proxy = createServer(express().use('/dicom-web', dicomWebProxyRouter(orthanc.archiveUrl)));
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }, 60_000);

  afterAll(async () => {
    await new Promise(resolve => proxy?.close(resolve));
    await orthanc?.stop();
  }, 30_000);

  const volume = (): Promise<Volume> =>
    assembleVolume(series, { imageArchive: archive, sliceDecoder: new DicomSliceDecoder() }, never);

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
    expect(await archive.countInstances({ ...series, seriesInstanceUID: '1.2.3' }, never)).toBeUndefined();
  });

  test('gives the same volume where it hands out metadata and frames only', async () => {
    const gate = await framesOnly(orthanc.archiveUrl);
    try {
      const imageArchive = new RemoteArchive(gate.url);
      const ports = { imageArchive, sliceDecoder: new DicomSliceDecoder() };
      expect(await assembleVolume(series, ports, never)).toEqual(await volume());
    } finally {
      await gate.stop();
    }
  });

  testWithDcmtk('gives compressed images as the volume that they were made of', async () => {
    const study = `${STUDY}.7`;
    const compressed = { studyInstanceUID: study, seriesInstanceUID: `${study}.1` };
    const made = seriesFiles({
      ...{ ijkToLps, columns: 13, rows: 11, sliceCount: 9, valueAt, ...compressed },
    });
    for (const file of made) await archive.store(study, convertedByDcmtk(file, 'dcmcjpls'), never);
    const ports = { imageArchive: archive, sliceDecoder: new DicomSliceDecoder() };
    const { values } = await assembleVolume(compressed, ports, never);
    expect(values).toEqual((await volume()).values);
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

  test('refuses what is not DICOM, and says so', async () => {
    const storing = archive.store(STUDY, Buffer.from('no DICOM at all'), never);
    await expect(storing).rejects.toMatchObject({ code: 'archive-rejected' });
  });

  test('refuses an object of another study', async () => {
    await expect(archive.store('1.2.3.4', files[0] ?? Buffer.alloc(0), never)).rejects.toMatchObject({
      code: 'archive-rejected',
    });
  });

  test('is searched through the proxy, and calls itself by the address of the proxy', async () => {
    const response = await fetch(`${proxyUrl}/dicom-web/studies?00100020=P1`);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain(STUDY);
    expect(text).toContain(`${proxyUrl}/dicom-web/studies/${STUDY}`);
    expect(text).not.toContain(orthanc.restUrl);
  });

  test('gives metadata and pixels through the proxy, at the addresses that the metadata names', async () => {
    const path = `/dicom-web/studies/${STUDY}/series/${SERIES}`;
    const metadata = await fetch(`${proxyUrl}${path}/metadata`);
    const instances = (await metadata.json()) as Record<string, { BulkDataURI?: string }>[];
    expect(instances).toHaveLength(files.length);
    const addresses = instances.map(instance => instance['7FE00010']?.BulkDataURI ?? '');
    expect(addresses.every(address => address.startsWith(`${proxyUrl}/dicom-web/`))).toBe(true);
    const bulk = await fetch(addresses[0] ?? '', { headers: { Accept: '*/*' } });
    expect(bulk.status).toBe(200);
    expect((await bulk.arrayBuffer()).byteLength).toBeGreaterThanOrEqual(13 * 11 * 2);
    const frame = await fetch(`${proxyUrl}${path}/instances/${SERIES}.0/frames/1`, {
      headers: { Accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*' },
    });
    expect(frame.headers.get('content-type')).toMatch(/^multipart\/related/);
  });

  test('takes an upload through the proxy', async () => {
    const throughProxy = new RemoteArchive(`${proxyUrl}/dicom-web`);
    await expect(throughProxy.store(STUDY, files[0] ?? Buffer.alloc(0), never)).resolves.toBeUndefined();
  });
});
