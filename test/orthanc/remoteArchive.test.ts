import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { convertedByDcmtk, hasDcmtk } from '../external/dcmtk.ts';
import { framesOnly } from '../fixtures/framesOnly.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import {
  archiveContract,
  files,
  ijkToLps,
  series,
  SERIES,
  STUDY,
  valueAt,
} from '../contract/dicomWebArchive.ts';
import { findOrthanc, startOrthanc, type RunningOrthanc } from './startOrthanc.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { dicomWebProxyRouter } from '../../server/src/http/routes/dicomWebProxy.ts';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';

const installed = findOrthanc() !== undefined;
if (!installed) console.log('SKIPPED: the contract with a real PACS: Orthanc with DICOMweb is not installed');
if (!hasDcmtk()) console.log('SKIPPED: compressed images from a real PACS: dcmtk is not installed');
const testWithDcmtk = hasDcmtk() ? test : test.skip;
const describeWithOrthanc = installed ? describe : describe.skip;

const never = new AbortController().signal;

/** Its DICOMweb knows no DELETE. */
async function deleteByRest(restUrl: string, seriesInstanceUID: string): Promise<void> {
  const lookup = await fetch(`${restUrl}/tools/lookup`, { method: 'POST', body: seriesInstanceUID });
  const [found] = (await lookup.json()) as readonly { readonly Path: string }[];
  const deleted = await fetch(`${restUrl}${found!.Path}`, { method: 'DELETE' });
  expect(deleted.status).toBe(200);
}

describeWithOrthanc('a real PACS (Orthanc)', () => {
  let orthanc: RunningOrthanc;
  let archive: RemoteArchive;
  let proxy: Server;
  let proxyUrl: string;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    archive = new RemoteArchive(orthanc.archiveUrl);
    proxy = createServer(express().use('/dicom-web', dicomWebProxyRouter(orthanc.archiveUrl)));
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }, 60_000);

  afterAll(async () => {
    await new Promise(resolve => proxy?.close(resolve));
    await orthanc?.stop();
  }, 30_000);

  archiveContract(
    () => ({ root: orthanc.archiveUrl, deleteSeries: uid => deleteByRest(orthanc.restUrl, uid) }),
    60_000,
  );

  const volume = (): Promise<Volume> =>
    assembleVolume(series, { imageArchive: archive, sliceDecoder: new DicomSliceDecoder() }, never);

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
