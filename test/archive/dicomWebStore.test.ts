import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { imageFile, SAMPLES } from './dicomWebSamples.ts';
import { DicomWebServer, OPENING_TIMEOUT_MS, valuesOf } from './dicomWebServer.ts';

let web: DicomWebServer;
beforeAll(async () => {
  web = await DicomWebServer.holding(SAMPLES);
}, OPENING_TIMEOUT_MS);
afterAll(() => web.close());

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20));
}

describe('storing', () => {
  const other = (n: number): Buffer =>
    imageFile({
      StudyInstanceUID: '1.2.3.5',
      SeriesInstanceUID: '1.2.3.5.1',
      SOPInstanceUID: `1.2.3.5.1.${n}`,
    });

  test('reports partial success with 202, full failure with 409, and removes what DELETE names', async () => {
    const conflicting = imageFile({ PatientID: 'other' });
    const partial = await web.stow([other(1), conflicting, Buffer.from('no')], '/studies');
    expect(partial.status).toBe(202);
    expect(await partial.json()).toEqual({
      '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2.3.5'] },
      '00081198': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.2.3.1.1.1'] },
            '00081197': { vr: 'US', Value: [0x0111] },
          },
        ],
      },
      '00081199': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.2.3.5.1.1'] },
            '00081190': {
              vr: 'UR',
              Value: ['/dicom-web/studies/1.2.3.5/series/1.2.3.5.1/instances/1.2.3.5.1.1'],
            },
          },
        ],
      },
      '0008119A': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }] },
    });
    expect((await web.stow([other(2)], '/studies/1.2.3.6')).status).toBe(409);
    const remove = (): Promise<Response> => fetch(`${web.root}/studies/1.2.3.5`, { method: 'DELETE' });
    expect((await remove()).status).toBe(204);
    expect(await web.search('/studies/1.2.3.5/series')).toEqual([]);
    expect((await remove()).status).toBe(404);
  });

  test.each([
    ['application/dicom', 'x', 415],
    ['multipart/related; type="application/dicom+json"; boundary=b', '--b--', 415],
    [
      'multipart/related; type="application/dicom"; boundary=b',
      '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--',
      415,
    ],
    ['multipart/related; type="application/dicom"', 'x', 400],
    ['multipart/related; type="application/dicom"; boundary=b', '--b--', 400],
    ['multipart/related; type="application/dicom"; boundary=b', '--b\r\n\r\nx', 400],
  ])('answers a body of %s with %p by %i', async (contentType, body, status) => {
    const response = await fetch(`${web.root}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
    });
    expect(response.status).toBe(status);
  });

  test('keeps the whole instances of a sender that hangs up, and nothing of the broken one', async () => {
    const request = httpRequest(`${web.root}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=sep' },
    });
    request.on('error', () => undefined);
    const head = '--sep\r\nContent-Type: application/dicom\r\n\r\n';
    request.write(
      Buffer.concat([Buffer.from(head), other(7), Buffer.from(`\r\n${head}`), other(8).subarray(0, 400)]),
    );
    const uids = async (): Promise<readonly unknown[]> =>
      valuesOf(await web.search('/studies/1.2.3.5/instances'), '00080018');
    const placed = join(web.folder, '1.2.3.5', '1.2.3.5.1', '1.2.3.5.1.7.dcm');
    await until(() => Promise.resolve(existsSync(placed)));
    request.destroy();
    await until(async () => (await uids()).length > 0);
    expect(await uids()).toEqual(['1.2.3.5.1.7']);
    await web.archive.remove({ studyInstanceUID: '1.2.3.5' });
  });
});
